import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { BuildOptions, Plugin } from "esbuild";
import type { FunctionName } from "../../functions/runtime/environment.ts";
import { credentialsFromEnvironment, slimAws, slimTwilio } from "../../infra/bundle-plugins.ts";
import { BUNDLING } from "../../infra/bundles.ts";
import { FUNCTION_NAMES } from "../../infra/by-function.ts";
import { lazyHttp, without } from "./absence.ts";
import { BENCH_FOLDER, type Build, bundle, bundleFunction } from "./builds.ts";
import { kilobytes, spread } from "./figures.ts";
import { byName, inTurn } from "./rounds.ts";
import { prepareRuntime, type RunReport } from "./runtime.ts";
import type { Section, Setting, Table, Verdict } from "./section.ts";
import { difference, paired, spreadOf } from "./statistics.ts";
import { startStub } from "./stub.ts";

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

/** What our code imports, and what goes away with it. Several clients share the core of the SDK: without one of them it stays. */
const IMPORTS = {
  "DynamoDB's clients": /^@aws-sdk\/(client-dynamodb|lib-dynamodb|util-dynamodb)$/,
  "KMS's client": /^@aws-sdk\/client-kms$/,
  "Secrets Manager's client": /^@aws-sdk\/client-secrets-manager$/,
  "Lambda's client": /^@aws-sdk\/client-lambda$/,
  "all of the AWS SDK": /^@aws-sdk\//,
  "Twilio's client": /^twilio\//,
  libphonenumber: /^libphonenumber-js/,
  valibot: /^valibot$/,
  middy: /^@middy\//,
  "every package": /^[^.]/,
} as const;
type ImportName = keyof typeof IMPORTS;

const SUBTRACTED: readonly {
  readonly of: FunctionName;
  readonly imports: readonly ImportName[];
}[] = [
  {
    of: "start-verification",
    imports: [
      "DynamoDB's clients",
      "KMS's client",
      "Secrets Manager's client",
      "all of the AWS SDK",
      "Twilio's client",
      "libphonenumber",
      "valibot",
      "middy",
      "every package",
    ],
  },
  {
    of: "check-code",
    imports: ["DynamoDB's clients", "KMS's client", "Lambda's client", "every package"],
  },
];

const ESM = {
  format: "esm",
  outExtension: { ".js": ".mjs" },
  banner: {
    js: `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`,
  },
} as const satisfies BuildOptions;

const butFor = (...plugins: readonly Plugin[]) => ({
  plugins: BUNDLING.plugins.filter((plugin) => !plugins.includes(plugin)),
});

type Trial = {
  readonly of: FunctionName;
  readonly options?: BuildOptions;
  readonly before?: readonly Plugin[];
  readonly entry?: string;
  readonly env?: Readonly<Record<string, string>>;
};

/** Each as deployed, but for one thing. */
const TRIALS = {
  "start, as ES module": { of: "start-verification", options: ESM },
  "start, as ES module that does not load undici": {
    of: "start-verification",
    options: ESM,
    before: [lazyHttp],
  },
  "start, with the SDK's own chain of credentials": {
    of: "start-verification",
    options: butFor(credentialsFromEnvironment),
  },
  "start, with event streams and the cache of endpoints": {
    of: "start-verification",
    options: butFor(slimAws),
  },
  "start, with all of Twilio's client": { of: "start-verification", options: butFor(slimTwilio) },
  "start, with the SDK's CommonJS": {
    of: "start-verification",
    options: { mainFields: ["main", "module"] },
  },
  "start, not minified": { of: "start-verification", options: { minify: false } },
  "start, with Node's compile cache": {
    of: "start-verification",
    env: { NODE_COMPILE_CACHE: join(BENCH_FOLDER, "compile-cache") },
  },
  "check, as ES module that does not load undici": {
    of: "check-code",
    options: ESM,
    before: [lazyHttp],
  },
  "check, the same, primed by a check before it is ready": {
    of: "check-code",
    options: ESM,
    before: [lazyHttp],
    entry: "evidence/bench/programs/primed-check.ts",
  },
} as const satisfies Readonly<Record<string, Trial>>;
type TrialName = keyof typeof TRIALS;

/** The contents of each bundle, the cost of each import, and the cost of other ways of bundling. */
export async function measureContents({ rounds }: Setting): Promise<Section> {
  const builds = await buildAll(FUNCTION_NAMES, (name) => bundleFunction(name));
  const costs = await measureVariants(rounds);
  return {
    title: "Bundles, and what each import costs",
    method:
      "Sizes and contents are esbuild's own, of the deploy's build. What an import costs is measured by subtraction: the function with it against the same function built with nothing behind that import, cold-started in turn under the runtime client. Clients of AWS share a core, so what one of them costs beside the others is less than what it would cost alone.",
    tables: [await sizeTable(builds), costs.imports, costs.trials],
    remarks: REMARKS,
    verdicts: verdictsOf(builds),
    charts: [],
  };
}

const REMARKS = [
  "ES modules were left out: an ES module that imports `node:http` loads all of undici (nodejs/node#59686), and one that avoids it starts no faster than CommonJS.",
  "Priming by top-level `await` moves work from the first answer to before it and saves none of it. It would spend a KMS call and a write for every container that starts, also where no request waits for one, and it needs ES modules.",
  "Node's compile cache helps, and was left out all the same: it must be made in Lambda's own image, by the exact version of Node, the flags, the architecture and the user that load it, and is silently ignored where one of them differs. AWS patches Node by itself.",
  "Log lines and metrics are plain JSON that a function writes itself. The logger and metrics of powertools were left out: more code at every cold start for the same lines.",
  "Static regions, endpoints and retry modes, deep imports of the SDK, and agents of our own gave nothing that could be told from noise when the SDK was chosen.",
];

async function buildAll<Name extends string>(
  names: readonly Name[],
  make: (name: Name) => Promise<Build>,
): Promise<Readonly<Record<Name, Build>>> {
  const made = byName(names, make);
  await Promise.all(names.map((name) => made[name]));
  const entries = await Promise.all(names.map(async (name) => [name, await made[name]] as const));
  const found = new Map(entries);
  return byName(names, (name) => {
    const build = found.get(name);
    if (build === undefined) throw new Error(`${name} was not built`);
    return build;
  });
}

type Builds = Readonly<Record<FunctionName, Build>>;

function partsOf({ metafile }: Build): readonly (readonly [string, number])[] {
  return Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).map(([path, { bytesInOutput }]) => [path, bytesInOutput] as const),
  );
}

async function sizeTable(builds: Builds): Promise<Table> {
  const rows = FUNCTION_NAMES.map(async (name) => {
    const parts = partsOf(builds[name]);
    const sizes = new Map(GROUPS.map((group) => [group.name, 0]));
    for (const [path, bytes] of parts) {
      const group = GROUPS.find((one) => one.path.test(path))?.name ?? "other";
      sizes.set(group, (sizes.get(group) ?? 0) + bytes);
    }
    const code = await readFile(join(builds[name].directory, "index.cjs"));
    const figures = [builds[name].bytes, gzipSync(code).byteLength, ...sizes.values()];
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

function verdictsOf(builds: Builds): readonly Verdict[] {
  const size = (name: FunctionName, kilobytesAtMost: number): Verdict => ({
    measure: `bundle of ${name}`,
    value: builds[name].bytes / KILOBYTE,
    unit: "KB",
    budget: { atMost: kilobytesAtMost },
  });
  const unwanted = FUNCTION_NAMES.flatMap((name) =>
    partsOf(builds[name]).filter(([path]) => UNWANTED.test(path)),
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

type Variant = Trial & { readonly name: string; readonly isAnswered: boolean };

const AS_DEPLOYED = ["start-verification", "check-code"] as const;

function variants(): readonly Variant[] {
  return [
    ...AS_DEPLOYED.map((of) => ({ name: of, of, isAnswered: true })),
    ...SUBTRACTED.flatMap(({ of, imports }) =>
      imports.map((name) => ({
        name: subtractedName(of, name),
        of,
        before: [without(IMPORTS[name])],
        isAnswered: false,
      })),
    ),
    ...trialNames().map((name) => ({ ...trialOf(name), name, isAnswered: true })),
  ];
}

const subtractedName = (of: FunctionName, name: ImportName) => `${of} without ${name}`;
const trialOf = (name: TrialName): Trial => TRIALS[name];
const trialNames = (): readonly TrialName[] =>
  Object.keys(TRIALS).filter((name): name is TrialName => name in TRIALS);

type VariantReport = { readonly bytes: number; readonly runs: readonly RunReport[] };

async function measureVariants(rounds: number) {
  const runtime = await prepareRuntime();
  const stub = await startStub();
  await mkdir(join(BENCH_FOLDER, "compile-cache"), { recursive: true });
  try {
    const all = new Map(variants().map((variant) => [variant.name, variant]));
    const names = [...all.keys()];
    const builds = await buildAll(names, (name) => {
      const { of, entry = `functions/${of}.ts`, ...differences } = all.get(name) ?? unknown(name);
      return bundle(name.replace(/\W+/g, "-"), entry, differences);
    });
    const measured = await inTurn(names, rounds, (name) => {
      const { of, env, isAnswered } = all.get(name) ?? unknown(name);
      const file = stub.eventFile(of === "check-code" ? "right" : "start");
      return runtime.run({
        directory: builds[name]?.directory ?? unknown(name),
        env: { ...stub.environmentOf(of), ...env },
        event: isAnswered ? { file, times: 1 } : undefined,
      });
    });
    const report = (name: string): VariantReport => ({
      bytes: builds[name]?.bytes ?? unknown(name),
      runs: measured[name] ?? unknown(name),
    });
    return { imports: importTable(report), trials: trialTable(report) };
  } finally {
    stub.stop();
  }
}

function unknown(name: string): never {
  throw new Error(`${name} was not measured`);
}

type Reports = (name: string) => VariantReport;
type Figure = (run: RunReport) => number;

const wall: Figure = ({ ready }) => ready.milliseconds;
const cpu: Figure = ({ ready }) => ready.cpuMilliseconds;
const total: Figure = ({ firstAnswer }) => firstAnswer?.milliseconds ?? Number.NaN;
const afterReady: Figure = (run) => total(run) - wall(run);

const more = (one: VariantReport, other: VariantReport, figure: Figure) =>
  spread(paired(one.runs.map(figure), other.runs.map(figure), difference));

function importTable(report: Reports): Table {
  return {
    title: "What an import adds to a cold start, by taking it away",
    columns: [
      { name: "function" },
      { name: "import" },
      { name: "KB", isFigure: true },
      { name: "ms until ready", isFigure: true },
      { name: "CPU ms", isFigure: true },
    ],
    rows: SUBTRACTED.flatMap(({ of, imports }) =>
      imports.map((name) => {
        const full = report(of);
        const less = report(subtractedName(of, name));
        return [
          of,
          name,
          kilobytes(full.bytes - less.bytes),
          more(full, less, wall),
          more(full, less, cpu),
        ];
      }),
    ),
  };
}

function trialTable(report: Reports): Table {
  const row = (name: string, of: FunctionName, isDeployed: boolean) => {
    const variant = report(name);
    const figures = (figure: Figure) => variant.runs.map(figure);
    return [
      name,
      kilobytes(variant.bytes),
      spread(spreadOf(figures(wall))),
      isDeployed ? "–" : more(variant, report(of), wall),
      isDeployed ? "–" : more(variant, report(of), cpu),
      spread(spreadOf(figures(afterReady))),
      spread(spreadOf(figures(total))),
      variant.runs.some(({ hasUndici }) => hasUndici) ? "yes" : "no",
    ];
  };
  return {
    title: "What else was tried, against the same function as deployed",
    columns: [
      { name: "as deployed, but" },
      ...[
        "KB",
        "ms until ready",
        "more ms",
        "more CPU ms",
        "ms from ready to answer",
        "ms from start to answer",
      ].map((name) => ({ name, isFigure: true })),
      { name: "undici" },
    ],
    rows: [
      ...AS_DEPLOYED.map((of) => row(of, of, true)),
      ...trialNames().map((name) => row(name, trialOf(name).of, false)),
    ],
  };
}
