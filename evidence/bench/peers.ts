import { join } from "node:path";
import { startEngine } from "../../local/engines.ts";
import { installTools, versionOf } from "../tools/tools.ts";
import { measureProgram } from "./child.ts";
import { inTurn, type Measured, paired, spread, spreadOf, whole } from "./rounds.ts";
import type { Section, Verdict } from "./section.ts";
import { PEER_WORK, type Way, type WorkReport } from "./work.ts";

const BUDGET = 12;
const MICROSECONDS = 1_000_000;

const PEER = "better-auth";

type Variant = { readonly args: readonly string[]; readonly title: string };

const OURS: Readonly<Record<string, Variant>> = {
  latchkey: { args: [], title: "Latchkey, without its table" },
  "latchkey, signing": { args: ["signing"], title: "the same, with signatures" },
  "latchkey, table": { args: ["table"], title: "the same, with its table" },
  "latchkey, DynamoDB": { args: ["wire"], title: "Latchkey, DynamoDB" },
};
const THEIRS: Readonly<Record<string, Variant>> = {
  [PEER]: { args: [], title: "Better Auth, memory" },
  "better-auth, uncopied": { args: ["uncopied"], title: "Better Auth, memory, no copies" },
  "better-auth, SQLite": { args: ["sqlite"], title: "Better Auth, SQLite" },
};
const ALL = { ...OURS, ...THEIRS };

/** Pairs of a start and a check in a second of CPU, ours and those of the best-known library that does the same. */
export async function measurePeers(rounds: number): Promise<Section> {
  await installTools();
  const engine = await startEngine("dynalite");
  const env = {
    NODE_ENV: "production",
    AWS_REGION: "eu-west-2",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
  };
  try {
    const measured = await inTurn(Object.keys(ALL), rounds, (name) => {
      const program = name in OURS ? "peer-latchkey.ts" : "peer-better-auth.ts";
      const args = ALL[name]?.args ?? [];
      const path = join(import.meta.dirname, "programs", program);
      return measureProgram<WorkReport>({ args: [path, ...args], env });
    });
    return sectionOf(measured);
  } finally {
    await engine.stop();
  }
}

function sectionOf(measured: Measured<WorkReport>): Section {
  const cpu = (name: string, way: Way) =>
    measured(name).map((report) => report[way].cpuMicroseconds);
  const times = (name: string, way: Way, peer: string = PEER) =>
    paired(cpu(peer, way), cpu(name, way));
  const atOnce = `${PEER_WORK.atOnce} at once`;
  const ways = { sequential: "one by one", concurrent: atOnce } as const;
  const verdict = (way: Way): Verdict => ({
    measure: `pairs per CPU second, ours without its table ÷ Better Auth, memory, ${ways[way]}`,
    value: times("latchkey", way).value,
    unit: "×",
    budget: { atLeast: BUDGET },
  });
  const requestsOf = (name: string, way: Way) => {
    const { value } = spreadOf(measured(name).map((report) => report[way].storeRequests));
    return value > 0 ? value.toFixed(1) : "–";
  };
  const tableOf = (way: Way) => ({
    title: `Pairs ${ways[way]}, and as a multiple of each way to run Better Auth`,
    columns: [
      "",
      ...["CPU µs a pair", "pairs a CPU second", "requests to the store"],
      ...Object.values(THEIRS).map(({ title }) => `× ${title}`),
    ] as const,
    rows: Object.entries(ALL).map(([name, { title }]) => [
      title,
      spread(cpu(name, way), 0),
      whole(MICROSECONDS / spreadOf(cpu(name, way)).value),
      requestsOf(name, way),
      ...Object.keys(THEIRS).map((peer) => spread(times(name, way, peer))),
    ]),
  });
  return {
    title: "Beside a peer",
    method: `A pair is a start and a check of its right code, through the handler that speaks HTTP: ours from the gateway's event to the gateway's answer, theirs from a \`Request\` to a \`Response\`. 64 numbers in rotation, no network, log lines thrown away, ${whole(2 * PEER_WORK.warmUp)} pairs to warm up, then ${whole(PEER_WORK.measured)} one by one and ${whole(PEER_WORK.measured)} ${atOnce}, in processes of their own, in turn. Better Auth is ${versionOf(PEER)}, its plugin phone-number.`,
    tables: [tableOf("sequential"), tableOf("concurrent")],
    remarks: [
      "What differs, and in whose favor. Better Auth keeps users: it creates or updates a row for each number, finds rows by going through arrays, and its memory adapter copies all of them twice for each transaction. It was given no sessions, no limits of rate and no logger, which it has in production. Latchkey keeps no users; it judges the number, takes turns, counts unverified sends and money, seals and authenticates what it stores, writes a log line with metrics for each step, and gives a proof, which KMS signs where it is deployed: here the answer of KMS is there at once, as is that of the provider, and beside it is what signing in the process would add.",
      "Latchkey's verifications are in a table in memory. Code of dynalite reads each expression there, as DynamoDB does where Latchkey runs: its time is left out, and beside it is what it would add. The stores of numbers and of the switch are plain maps. Better Auth's adapter is counted, since it runs in the process of its users too; beside it is what remains without its copies. The ratio of the budget is the one that favors Latchkey most; of like stores, its table beside their memory without copies, it is about one.",
      "Each is also measured with the store of its users: Latchkey with DynamoDB over HTTP, which dynalite serves in another process, and Better Auth with a file of SQLite in its own process. There Latchkey takes more CPU: the SDK writes, signs and reads an HTTP request for each of its requests, and a statement of SQLite is a call of a function. dynalite returns no item with a refusal, so each refusal is one read more.",
      "The budget was set by a prototype of a start and a check: a code, one HMAC and a Map. The endpoints do more beside.",
      "Each pair of Latchkey has a time of its own, since no number may be sent so many messages. Better Auth's is the machine's.",
      "Better Auth stores a code as it is sent, beside its count of tries; Latchkey stores an HMAC.",
    ],
    verdicts: [verdict("sequential"), verdict("concurrent")],
    chart: {
      name: "benchmark-peers",
      title: "CPU of a start and a check",
      unit: "µs",
      series: Object.values(ways),
      bars: Object.entries(ALL).flatMap(([name, { title }]) => [
        { label: title, ...spreadOf(cpu(name, "sequential")) },
        { label: "", series: 1, ...spreadOf(cpu(name, "concurrent")) },
      ]),
    },
  };
}
