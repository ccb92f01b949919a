import { join } from "node:path";
import { installTools, versionOf } from "../tools/tools.ts";
import { measureProgram } from "./child.ts";
import { inTurn, type Measured, paired, spread, spreadOf, whole } from "./rounds.ts";
import type { Section, Verdict } from "./section.ts";
import { PEER_WORK, type Way, type WorkReport } from "./work.ts";

const BUDGET = 12;
const MICROSECONDS = 1_000_000;

const PEER = "better-auth";
const ARGUMENTS: Readonly<Record<string, readonly [program: string, ...more: readonly string[]]>> =
  {
    latchkey: ["peer-latchkey.ts"],
    "latchkey, signing": ["peer-latchkey.ts", "signing"],
    "latchkey, table": ["peer-latchkey.ts", "table"],
    [PEER]: ["peer-better-auth.ts"],
  };

/** Pairs of a start and a check in a second of CPU, ours and those of the best-known library that does the same. */
export async function measurePeers(rounds: number): Promise<Section> {
  await installTools();
  const measured = await inTurn(Object.keys(ARGUMENTS), rounds, (name) => {
    const [program = "", ...more] = ARGUMENTS[name] ?? [];
    const args = [join(import.meta.dirname, "programs", program), ...more];
    return measureProgram<WorkReport>({ args, env: { NODE_ENV: "production" } });
  });
  return sectionOf(measured);
}

function sectionOf(measured: Measured<WorkReport>): Section {
  const cpu = (name: string, way: Way) =>
    measured(name).map((report) => report[way].cpuMicroseconds);
  const times = (name: string, way: Way) => paired(cpu(PEER, way), cpu(name, way));
  const verdict = (way: Way, name: string): Verdict => ({
    measure: `start+check pairs per CPU second ÷ Better Auth, ${name}`,
    value: times("latchkey", way).value,
    unit: "×",
    budget: { atLeast: BUDGET },
  });
  const atOnce = `${PEER_WORK.atOnce} at once`;
  const titles: Readonly<Record<string, string>> = {
    latchkey: "Latchkey, without its table in memory",
    "latchkey, signing": "the same, its proofs signed in the process",
    "latchkey, table": "the same, with its table",
    [PEER]: `Better Auth ${versionOf(PEER)}, phone-number, memory adapter`,
  };
  return {
    title: "Beside a peer",
    method: `A pair is a start and a check of its right code, through the handler that speaks HTTP: ours from the gateway's event to the gateway's answer, theirs from a \`Request\` to a \`Response\`. 64 numbers in rotation, no network, log lines thrown away, ${whole(2 * PEER_WORK.warmUp)} pairs to warm up, then ${whole(PEER_WORK.measured)} one by one and ${whole(PEER_WORK.measured)} ${atOnce}, in processes of their own, in turn.`,
    tables: [
      {
        columns: [
          "",
          "CPU µs a pair",
          "pairs a CPU second",
          "× Better Auth",
          `CPU µs a pair, ${atOnce}`,
          `pairs a CPU second, ${atOnce}`,
          `× Better Auth, ${atOnce}`,
        ],
        rows: Object.entries(titles).map(([name, title]) => [
          title,
          ...(["sequential", "concurrent"] as const).flatMap((way) => [
            spread(cpu(name, way), 0),
            whole(MICROSECONDS / spreadOf(cpu(name, way)).value),
            spread(times(name, way)),
          ]),
        ]),
      },
    ],
    remarks: [
      "What differs, and in whose favor. Better Auth keeps users: it creates or updates a row for each number, finds rows by going through arrays, and its memory adapter copies them. It was given no sessions, no limits of rate and no logger, which it has in production. Latchkey keeps no users; it judges the number, takes turns, counts unverified sends and money, seals and authenticates what it stores, writes a log line with metrics for each step, and gives a proof, which KMS signs where it is deployed: here the answer of KMS is there at once, as is that of the provider, and beside it is what signing in the process would add. With a store over the network both would pay for that store, and Latchkey asks its own more often: the ratio is about handlers and nothing else.",
      "Latchkey's verifications are in a table in memory. Code of dynalite reads each expression there, as DynamoDB does where Latchkey runs: its time is left out, and beside it is what it would add. Better Auth's adapter is counted, since it runs in the process of its users too.",
      "The budget was set by a prototype of a start and a check: a code, one HMAC and a Map. The endpoints do more beside, and no function of ours takes a tenth of the CPU.",
      "Latchkey's clock is turned on between pairs, since no number may be sent so many messages. Better Auth's is the machine's.",
      "Better Auth stores a code as it is sent, beside its count of tries; Latchkey stores an HMAC.",
    ],
    verdicts: [verdict("sequential", "one by one"), verdict("concurrent", atOnce)],
    chart: {
      name: "benchmark-peers",
      title: "CPU of a start and a check",
      unit: "µs",
      series: ["one by one", atOnce],
      bars: Object.keys(titles).flatMap((name) => [
        { label: name, ...spreadOf(cpu(name, "sequential")) },
        { label: "", series: 1, ...spreadOf(cpu(name, "concurrent")) },
      ]),
    },
  };
}
