import type { FunctionName } from "../../functions/runtime/environment.ts";
import { FUNCTION_NAMES } from "../../infra/by-function.ts";
import { bundle, bundleFunction } from "./builds.ts";
import { inTurn, type Measured, mebibytes, paired, spread, spreadOf } from "./rounds.ts";
import { prepareRuntime, type RunReport } from "./runtime.ts";
import type { Section, Verdict } from "./section.ts";
import { type EventName, startStub } from "./stub.ts";

const EMPTY = "empty";

/** Times an empty function. A start also carries libphonenumber. */
const BUDGETS: Partial<Readonly<Record<string, number>>> = {
  "start-verification": 2.2,
  "resend-code": 2,
  "check-code": 2,
} satisfies Partial<Readonly<Record<FunctionName, number>>>;

/** Functions that also answer one event, for the time to their first answer. */
const ANSWERED: Partial<
  Readonly<Record<string, { readonly name: FunctionName; readonly event: EventName }>>
> = {
  start: { name: "start-verification", event: "start" },
  "right check": { name: "check-code", event: "right" },
  "wrong check": { name: "check-code", event: "wrong" },
};

/** Cold starts of every function, through Lambda's runtime client, against an empty one. */
export async function measureColdStarts(rounds: number): Promise<Section> {
  const runtime = await prepareRuntime();
  const stub = await startStub();
  try {
    const empty = await bundle(EMPTY, "evidence/bench/programs/empty-function.ts");
    const bundles = new Map([[EMPTY, empty]]);
    for (const name of FUNCTION_NAMES) bundles.set(name, await bundleFunction(name));
    const names = [EMPTY, ...FUNCTION_NAMES, ...Object.keys(ANSWERED)];
    const measured = await inTurn(names, rounds, (name) => {
      const answered = ANSWERED[name];
      const asked = FUNCTION_NAMES.find((one) => one === (answered?.name ?? name));
      const { NODE_EXTRA_CA_CERTS: authority = "", ...offline } =
        asked === undefined ? {} : stub.environmentOf(asked);
      return runtime.run({
        directory: bundles.get(asked ?? EMPTY) ?? "",
        env: answered ? { ...offline, NODE_EXTRA_CA_CERTS: authority } : offline,
        event: answered && stub.eventFile(answered.event),
      });
    });
    return sectionOf(measured);
  } finally {
    stub.stop();
  }
}

function sectionOf(measured: Measured<RunReport>): Section {
  const readyOf = (name: string) => measured(name).map(({ ready }) => ready.milliseconds);
  const cpuOf = (name: string) => measured(name).map(({ ready }) => ready.cpuMilliseconds);
  const rssOf = (name: string) => measured(name).map(({ ready }) => mebibytes(ready.rssBytes));
  const times = (name: string) => paired(readyOf(name), readyOf(EMPTY));
  const cpuTimes = (name: string) => paired(cpuOf(name), cpuOf(EMPTY));
  const verdicts = Object.entries(BUDGETS).flatMap(([name, atMost = 0]): readonly Verdict[] =>
    [
      { measure: `cold start of ${name} ÷ empty function`, value: times(name).value },
      { measure: `cold start of ${name} ÷ empty function, CPU`, value: cpuTimes(name).value },
    ].map((measure) => ({ ...measure, unit: "×", budget: { atMost } })),
  );
  return {
    title: "Cold start",
    method:
      "From the start of the process to the moment at which Lambda's runtime client asks for the first event. The client is `aws-lambda-ric` as published, of which only the compiled half that talks to Lambda's own process is replaced; the functions are the bundles of the deploy's own build, with the variables of a stage. Each round starts every function once, each in a process of its own, beginning with another one each time; ratios are taken round by round.",
    tables: [
      {
        columns: ["function", "ms until ready", "÷ empty", "CPU ms", "CPU ÷ empty", "RSS MiB"],
        rows: [EMPTY, ...FUNCTION_NAMES].map((name) => [
          name,
          spread(readyOf(name)),
          name === EMPTY ? "1" : spread(times(name), 2),
          spread(cpuOf(name)),
          name === EMPTY ? "1" : spread(cpuTimes(name), 2),
          spreadOf(rssOf(name)).value.toFixed(1),
        ]),
      },
      {
        title:
          "And the first answer, with its connections to DynamoDB, KMS, Secrets Manager and Twilio over TLS",
        columns: [
          "first event",
          "ms from start to answer",
          "of these after ready",
          "CPU ms after ready",
        ],
        rows: Object.keys(ANSWERED).map((name) => {
          // A function that was asked has answered, or its process would have failed.
          const answered = measured(name).flatMap(({ firstAnswer }) => firstAnswer ?? []);
          const walls = answered.map(({ milliseconds }) => milliseconds);
          const cpus = answered.map(({ cpuMilliseconds }) => cpuMilliseconds);
          const after = (one: number, other: number) => one - other;
          return [
            name,
            spread(walls),
            spread(paired(walls, readyOf(name), after)),
            spread(paired(cpus, cpuOf(name), after)),
          ];
        }),
      },
    ],
    remarks: [
      "Each import was taken away once (2026-11-26, 21 paired rounds). Of the cold start of a start the AWS SDK was 18 ms, libphonenumber 6, Twilio's client, valibot and middy 4 each. The bundle with all of Twilio's client needed 97 ms more, the SDK's CommonJS 36 more, its own chain of credentials 9 more, Node's compile cache 12 less. Gained since (2026-11-29, 40 to 100 paired rounds): phone metadata that is parsed by country, 2 ms of a start; the code beside the file that Lambda imports, 0.8 of each; parts of the SDK that no call reaches, Web Crypto and two tables, 1 of each. What is left above an empty function is Node's TLS and crypto, V8's compiler and running. test/infra/bundles.test.ts holds the sizes and contents of the bundles.",
      "ES modules were left out: an ES module that imports `node:http` loads all of undici (nodejs/node#59686), and one that avoids it starts no faster than CommonJS.",
      "V8's code cache is left out. By hand (2026-11-29, 40 paired rounds beside other work), start, resend and check took 1.77, 1.60 and 1.56 × an empty function where V8 accepts it; 2.43, 2.13 and 2.10 where V8 rejects it; 2.42, 2.33 and 2.16 by the same loader without it; 2.32, 2.25 and 2.08 as deployed. Of these figures only their order carries over. V8 rejects another version, other flags, a source of another length, changed bytes, and the cache of a build with another read-only snapshot. So it needs the exact Node of Lambda on arm64, which AWS patches by itself and which we cannot run: the budgets are those without it.",
    ],
    verdicts,
    chart: {
      name: "benchmark-cold",
      title: "CPU of a cold start, times an empty function",
      unit: "×",
      bars: [
        { label: "an empty function", value: 1 },
        ...FUNCTION_NAMES.map((name) => ({
          label: name,
          ...cpuTimes(name),
          ...(BUDGETS[name] === undefined ? {} : { limit: BUDGETS[name] }),
        })),
      ],
    },
  };
}
