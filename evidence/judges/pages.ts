import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CHROMIUM_ARGS, chromiumPath } from "../../test/browser/launch.ts";
import { installTools } from "../tools/tools.ts";
import { inFolder, type Judge } from "./judge.ts";
import { toItsEnd } from "./programs.ts";
import { type Bend, withSystem } from "./routes.ts";

const PATHS = ["/", "/handset", "/playground", "/activity", "/reference", "/docs"] as const;

/** The least score of each category, of 100. */
const LEAST = { performance: 95, accessibility: 100, "best-practices": 100, seo: 95 } as const;

/** Performance is measured on this machine, and other work on it lowers it: the best of so many runs counts. */
const MOST_RUNS = 3;

type Audit = { readonly id: string; readonly weight: number };

/** The categories of a page below their least score, each with the audits that lower it. */
async function flawsOf(url: string, path: string): Promise<readonly string[]> {
  const report = await inFolder(async (folder) => {
    const file = join(folder, "report.json");
    const { output } = await toItsEnd(
      join(await installTools(), ".bin/lighthouse"),
      [
        ...[url + path, "--output=json", `--output-path=${file}`, "--no-enable-error-reporting"],
        ...["--quiet", `--only-categories=${Object.keys(LEAST).join(",")}`],
        `--chrome-flags=${CHROMIUM_ARGS.join(" ")}`,
      ],
      { env: { CHROME_PATH: chromiumPath() }, cwd: folder },
    );
    return readFile(file, "utf8").catch(() => {
      throw new Error(`no report: ${output}`);
    });
  });
  const { categories, audits } = Object(JSON.parse(report));
  return Object.entries(LEAST).flatMap(([name, least]) => {
    const { score, auditRefs } = categories[name];
    const isLow = ({ id, weight }: Audit) => weight > 0 && audits[id].score !== 1;
    const why = auditRefs.filter(isLow).map(({ id }: Audit) => id);
    return score * 100 >= least
      ? []
      : [`${path} ${name} ${Math.round(score * 100)}: ${why.join(", ")}`];
  });
}

/** Swagger UI's performance needs no second run. */
const ACCEPTED = [
  /^\/reference performance \d+: [a-z-, ]+$/,
  "Swagger UI is one script of 1.4 MB. It is for a developer's own machine, and no other page loads it.",
] as const;

const isOfMachine = (flaw: string) => / performance \d/.test(flaw) && !ACCEPTED[0].test(flaw);

async function bestOf(url: string, path: string): Promise<readonly string[]> {
  let flaws = await flawsOf(url, path);
  for (let run = 1; run < MOST_RUNS && flaws.length > 0 && flaws.every(isOfMachine); run += 1)
    flaws = await flawsOf(url, path);
  return flaws;
}

export const lighthouse: Judge = {
  name: "Lighthouse",
  packages: ["lighthouse"],
  subject: `the pages of \`npm start\`, as a phone on a slow network sees them: of 100, at least ${Object.entries(
    LEAST,
  )
    .map(([name, least]) => `${least} for ${name}`)
    .join(", ")}`,
  accepted: [ACCEPTED],
  fault: {
    what: "a picture without a text alternative",
    finding: /^\/ accessibility \d+: .*image-alt/,
  },
  run: (isPlanted) => {
    const bend: Bend = (body) => body.replace(' alt=""', "");
    return withSystem(isPlanted ? bend : undefined, async (url) => {
      const findings: string[] = [];
      const paths = isPlanted ? PATHS.slice(0, 1) : PATHS;
      for (const path of paths) findings.push(...(await bestOf(url, path)));
      return { extent: `${paths.length} pages`, findings };
    });
  },
};
