import type { FunctionName } from "../../functions/runtime/environment.ts";
import { FUNCTION_NAMES } from "../../infra/by-function.ts";
import { bundle, bundleFunction } from "./builds.ts";
import { decimal, mebibytes, spread } from "./figures.ts";
import { byName, inTurn } from "./rounds.ts";
import { prepareRuntime, type RunReport } from "./runtime.ts";
import type { Section, Setting, Verdict } from "./section.ts";
import { difference, paired, ratio, spreadOf } from "./statistics.ts";
import { type EventName, startStub } from "./stub.ts";

const EMPTY = "empty";

/** Times an empty function, from performance.md: what the check may take, and the functions that carry Twilio. */
const BUDGETS: Partial<Readonly<Record<FunctionName, number>>> = {
  "start-verification": 2.6,
  "resend-code": 2.6,
  "check-code": 2.3,
};

/** Functions that are asked once beside, for the time to their first answer. */
const ANSWERED = {
  "start, first answer": { name: "start-verification", event: "start" },
  "right check, first answer": { name: "check-code", event: "right" },
  "wrong check, first answer": { name: "check-code", event: "wrong" },
} as const satisfies Readonly<Record<string, { name: FunctionName; event: EventName }>>;

const ANSWERED_NAMES = [
  "start, first answer",
  "right check, first answer",
  "wrong check, first answer",
] as const;

/** Cold starts of every function, through Lambda's runtime client, against an empty one. */
export async function measureColdStarts({ rounds }: Setting): Promise<Section> {
  const runtime = await prepareRuntime();
  const stub = await startStub();
  try {
    const empty = await bundle(EMPTY, "evidence/bench/programs/empty-function.ts");
    const bundles = byName(FUNCTION_NAMES, (name) => bundleFunction(name));
    const run = async (name: FunctionName, event?: EventName) => {
      const { NODE_EXTRA_CA_CERTS: _, ...offline } = stub.environmentOf(name);
      return runtime.run({
        directory: (await bundles[name]).directory,
        env: event === undefined ? offline : stub.environmentOf(name),
        event: event && { file: stub.eventFile(event), times: 1 },
      });
    };
    const names = [EMPTY, ...FUNCTION_NAMES, ...ANSWERED_NAMES] as const;
    const measured = await inTurn<(typeof names)[number], RunReport>(
      names,
      rounds,
      async (name) => {
        if (name === EMPTY) return runtime.run({ directory: empty.directory, env: {} });
        if (!isAnswered(name)) return run(name);
        const { name: asked, event } = ANSWERED[name];
        return run(asked, event);
      },
    );
    return sectionOf(measured);
  } finally {
    stub.stop();
  }
}

const COLD_NAMES: readonly (typeof EMPTY | FunctionName)[] = [EMPTY, ...FUNCTION_NAMES];

type Name = typeof EMPTY | FunctionName | keyof typeof ANSWERED;

function isAnswered(name: Name): name is keyof typeof ANSWERED {
  return name in ANSWERED;
}

function sectionOf(measured: Readonly<Record<Name, readonly RunReport[]>>): Section {
  const readyOf = (name: Name) => measured[name].map(({ ready }) => ready.milliseconds);
  const cpuOf = (name: Name) => measured[name].map(({ ready }) => ready.cpuMilliseconds);
  const rssOf = (name: Name) => measured[name].map(({ ready }) => mebibytes(ready.rssBytes));
  const times = (name: Name) => paired(readyOf(name), readyOf(EMPTY), ratio);
  const cpuTimes = (name: Name) => paired(cpuOf(name), cpuOf(EMPTY), ratio);
  const verdicts = FUNCTION_NAMES.flatMap((name): readonly Verdict[] => {
    const budget = BUDGETS[name];
    if (budget === undefined) return [];
    const measure = `cold start of ${name} ÷ empty function`;
    return [
      { measure, value: times(name).median, unit: "×", budget: { atMost: budget } },
      {
        measure: `${measure}, CPU`,
        value: cpuTimes(name).median,
        unit: "×",
        budget: { atMost: budget },
      },
    ];
  });
  return {
    title: "Cold start",
    method:
      "From the start of the process to the moment at which Lambda's runtime client asks for the first event. The client is `aws-lambda-ric` as published, of which only the compiled half that talks to Lambda's own process is replaced; the functions are the bundles of the deploy's own build, with the variables of a stage. Each round starts every function once, each in a process of its own, beginning with another one each time; ratios are taken round by round.",
    tables: [
      {
        columns: [
          { name: "function" },
          { name: "ms until ready", isFigure: true },
          { name: "÷ empty", isFigure: true },
          { name: "CPU ms", isFigure: true },
          { name: "CPU ÷ empty", isFigure: true },
          { name: "RSS MiB", isFigure: true },
        ],
        rows: COLD_NAMES.map((name) => [
          name,
          spread(spreadOf(readyOf(name))),
          name === EMPTY ? "1" : spread(times(name), 2),
          spread(spreadOf(cpuOf(name))),
          name === EMPTY ? "1" : spread(cpuTimes(name), 2),
          decimal(spreadOf(rssOf(name)).median),
        ]),
      },
      {
        title:
          "And the first answer, with its connections to DynamoDB, KMS, Secrets Manager and Twilio over TLS",
        columns: [
          { name: "first event" },
          { name: "ms from start to answer", isFigure: true },
          { name: "of these after ready", isFigure: true },
          { name: "CPU ms after ready", isFigure: true },
        ],
        rows: ANSWERED_NAMES.map((name) => {
          const answered = measured[name].map(({ firstAnswer = ABSENT }) => firstAnswer);
          const walls = answered.map(({ milliseconds }) => milliseconds);
          const cpus = answered.map(({ cpuMilliseconds }) => cpuMilliseconds);
          return [
            name.replace(", first answer", ""),
            spread(spreadOf(walls)),
            spread(paired(walls, readyOf(name), difference)),
            spread(paired(cpus, cpuOf(name), difference)),
          ];
        }),
      },
    ],
    remarks: [],
    verdicts,
    charts: [
      {
        kind: "bars",
        name: "benchmark-cold",
        title: "Cold start, times an empty function",
        unit: "×",
        bars: FUNCTION_NAMES.map((name) => ({
          label: name,
          ...times(name),
          ...(BUDGETS[name] === undefined ? {} : { budget: BUDGETS[name] }),
        })),
      },
    ],
  };
}

/** A function that was asked has answered, or its process would have failed. */
const ABSENT = { milliseconds: Number.NaN, cpuMilliseconds: Number.NaN };
