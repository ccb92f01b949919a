import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { FunctionName } from "../../functions/runtime/environment.ts";
import { FUNCTION_NAMES } from "../../infra/by-function.ts";
import { type Build, bundleFunction } from "./builds.ts";
import { kilobytes } from "./figures.ts";
import type { Section, Table, Verdict } from "./section.ts";

const SENDING_BUDGET_KILOBYTES = 500;
const CHECKING_BUDGET_KILOBYTES = 350;
const KILOBYTE = 1_000;

/** What must be in no bundle; test/infra/bundles.test.ts has the list that fails. */
const UNWANTED = /node_modules\/(undici|axios|zod)\/|credential-provider-(sso|ini|login)/;

/** Packages by what they are to us. The first that fits counts. */
const GROUPS: readonly { readonly name: string; readonly path: RegExp }[] = [
  { name: "AWS SDK", path: /node_modules\/(@aws-sdk|@smithy|@aws-crypto|@aws)\// },
  { name: "Twilio", path: /node_modules\/twilio\/|^slim-twilio/ },
  { name: "libphonenumber", path: /node_modules\/libphonenumber-js\// },
  { name: "valibot", path: /node_modules\/valibot\// },
  { name: "middy", path: /node_modules\/@middy\// },
  { name: "ours: texts of messages", path: /^functions\/policy\/messages\// },
  { name: "ours: everything else", path: /^functions\// },
  { name: "other", path: /.*/ },
];

/** The contents of each bundle. */
export async function measureContents(): Promise<Section> {
  const builds = new Map(
    await Promise.all(
      FUNCTION_NAMES.map(async (name) => [name, await bundleFunction(name)] as const),
    ),
  );
  const buildOf = (name: FunctionName): Build => {
    const build = builds.get(name);
    if (build === undefined) throw new Error(`${name} was not built`);
    return build;
  };
  return {
    title: "Bundles",
    method: "Sizes and contents are esbuild's own, of the deploy's build.",
    tables: [await sizeTable(buildOf)],
    remarks: REMARKS,
    verdicts: verdictsOf(buildOf),
    charts: [],
  };
}

const REMARKS = [
  "Each import was taken away once (2026-11-26, 21 paired rounds). Of the cold start of a start the AWS SDK was 18 ms, libphonenumber 6, Twilio's client, valibot and middy 4 each. The bundle with all of Twilio's client needed 97 ms more, the SDK's CommonJS 36 more, its own chain of credentials 9 more, Node's compile cache 12 less.",
  "ES modules were left out: an ES module that imports `node:http` loads all of undici (nodejs/node#59686), and one that avoids it starts no faster than CommonJS.",
  "Priming by top-level `await` moves work from the first answer to before it and saves none of it. It would spend a KMS call and a write for every container that starts, also where no request waits for one, and it needs ES modules.",
  "Node's compile cache helps, and was left out all the same: it must be made in Lambda's own image, by the exact version of Node, the flags, the architecture and the user that load it, and is silently ignored where one of them differs. AWS patches Node by itself.",
  "Log lines and metrics are plain JSON that a function writes itself. The logger and metrics of powertools were left out: more code at every cold start for the same lines.",
  "Static regions, endpoints and retry modes, deep imports of the SDK, and agents of our own gave nothing that could be told from noise when the SDK was chosen.",
];

type BuildOf = (name: FunctionName) => Build;

function partsOf({ metafile }: Build): readonly (readonly [string, number])[] {
  return Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).map(([path, { bytesInOutput }]) => [path, bytesInOutput] as const),
  );
}

async function sizeTable(buildOf: BuildOf): Promise<Table> {
  const rows = FUNCTION_NAMES.map(async (name) => {
    const parts = partsOf(buildOf(name));
    const sizes = new Map(GROUPS.map((group) => [group.name, 0]));
    for (const [path, bytes] of parts) {
      const group = GROUPS.find((one) => one.path.test(path))?.name ?? "other";
      sizes.set(group, (sizes.get(group) ?? 0) + bytes);
    }
    const code = await readFile(join(buildOf(name).directory, "index.cjs"));
    const figures = [buildOf(name).bytes, gzipSync(code).byteLength, ...sizes.values()];
    return [name, ...figures.map((bytes) => (bytes === 0 ? "–" : kilobytes(bytes)))];
  });
  return {
    title: "Kilobytes of each bundle, minified, and by content",
    columns: [
      { name: "function" },
      ...["all", "gzip", ...GROUPS.map(({ name }) => name)].map((name) => ({
        name,
        isFigure: true,
      })),
    ],
    rows: await Promise.all(rows),
  };
}

function verdictsOf(buildOf: BuildOf): readonly Verdict[] {
  const size = (name: FunctionName, kilobytesAtMost: number): Verdict => ({
    measure: `bundle of ${name}`,
    value: buildOf(name).bytes / KILOBYTE,
    unit: "KB",
    budget: { atMost: kilobytesAtMost },
  });
  const unwanted = FUNCTION_NAMES.flatMap((name) =>
    partsOf(buildOf(name)).filter(([path]) => UNWANTED.test(path)),
  );
  return [
    size("start-verification", SENDING_BUDGET_KILOBYTES),
    size("resend-code", SENDING_BUDGET_KILOBYTES),
    size("check-code", CHECKING_BUDGET_KILOBYTES),
    {
      measure: "files of undici, axios, zod, or sign-in and profile credentials in any bundle",
      value: unwanted.length,
      unit: "",
      budget: { atMost: 0 },
    },
  ];
}
