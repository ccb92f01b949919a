import { join } from "node:path";
import { installTools, versionOf } from "../tools/tools.ts";
import { measureProgram } from "./child.ts";
import { spread, whole } from "./figures.ts";
import {
  KEYS_REPORT,
  type KeysReport,
  PEER_REPORT,
  PEER_WORK,
  type PeerReport,
} from "./peer-work.ts";
import { inTurn } from "./rounds.ts";
import type { Section, Setting, Table, Verdict } from "./section.ts";
import { paired, ratio, spreadOf } from "./statistics.ts";

const BUDGET = 12;
const MICROSECONDS = 1_000_000;

const NAMES = ["latchkey", "latchkey, signing", "better-auth"] as const;
type Name = (typeof NAMES)[number];

const ARGUMENTS: Readonly<Record<Name, readonly [program: string, ...more: readonly string[]]>> = {
  latchkey: ["peer-latchkey.ts"],
  "latchkey, signing": ["peer-latchkey.ts", "signing"],
  "better-auth": ["peer-better-auth.ts"],
};

/** Pairs of a start and a check in a second of CPU, ours and those of the best-known library that does the same. */
export async function measurePeers({ rounds }: Setting): Promise<Section> {
  installTools();
  const measured = await inTurn(NAMES, rounds, (name: Name) => {
    const [program, ...more] = ARGUMENTS[name];
    const args = [join(import.meta.dirname, "programs", program), ...more];
    return measureProgram({ args, env: { NODE_ENV: "production" } }, PEER_REPORT);
  });
  const { keys } = await inTurn(["keys"], rounds, () =>
    measureProgram({ args: [join(import.meta.dirname, "programs/keys.ts")] }, KEYS_REPORT),
  );
  return sectionOf(measured, keysTable(keys));
}

function keysTable(reports: readonly KeysReport[]): Table {
  const cpu = (name: keyof KeysReport) => spread(spreadOf(reports.map((report) => report[name])));
  return {
    title:
      "CPU µs of one, by a key that is given as bytes and by one that is made a key object first",
    columns: [
      { name: "" },
      { name: "bytes", isFigure: true },
      { name: "key object", isFigure: true },
    ],
    rows: [
      ["HMAC-SHA-256", cpu("hmacByBytes"), cpu("hmacByObject")],
      ["AES-256-GCM", cpu("sealByBytes"), cpu("sealByObject")],
    ],
  };
}

function sectionOf(measured: Readonly<Record<Name, readonly PeerReport[]>>, keys: Table): Section {
  const cpu = (name: Name, way: keyof PeerReport) => measured[name].map((report) => report[way]);
  const times = (name: Name, way: keyof PeerReport) =>
    paired(cpu("better-auth", way), cpu(name, way), ratio);
  const perSecond = (name: Name, way: keyof PeerReport) =>
    spreadOf(cpu(name, way).map((microseconds) => MICROSECONDS / microseconds));
  const verdict = (way: keyof PeerReport, said: string): Verdict => ({
    measure: `start+check pairs per CPU second ÷ Better Auth, ${said}`,
    value: times("latchkey", way).median,
    unit: "×",
    budget: { atLeast: BUDGET },
  });
  const atOnce = `${PEER_WORK.atOnce} at once`;
  const titles: Readonly<Record<Name, string>> = {
    latchkey: "Latchkey, stores in memory",
    "latchkey, signing": "the same, its proofs signed in the process",
    "better-auth": `Better Auth ${versionOf("better-auth")}, phone-number, memory adapter`,
  };
  return {
    title: "Beside a peer",
    method: `A pair is a start and a check of its right code, through the handler that speaks HTTP: ours from the gateway's event to the gateway's answer, theirs from a \`Request\` to a \`Response\`. ${PEER_WORK.numbers} numbers in rotation, no network, log lines thrown away, ${whole(PEER_WORK.warmUp)} pairs to warm up, then ${whole(PEER_WORK.sequential)} one by one and ${whole(PEER_WORK.concurrent)} ${atOnce}, in processes of their own, in turn.`,
    tables: [
      {
        columns: [
          { name: "" },
          ...[
            "CPU µs a pair",
            "pairs a CPU second",
            "× Better Auth",
            `CPU µs a pair, ${atOnce}`,
            `pairs a CPU second, ${atOnce}`,
            `× Better Auth, ${atOnce}`,
          ].map((name) => ({ name, isFigure: true })),
        ],
        rows: NAMES.map((name) => [
          titles[name],
          spread(spreadOf(cpu(name, "sequential")), 0),
          whole(perSecond(name, "sequential").median),
          spread(times(name, "sequential")),
          spread(spreadOf(cpu(name, "concurrent")), 0),
          whole(perSecond(name, "concurrent").median),
          spread(times(name, "concurrent")),
        ]),
      },
      keys,
    ],
    remarks: [
      "What differs, and in whose favour. Better Auth keeps users: it creates or updates a row for each number, finds rows by going through arrays, and its memory adapter copies them. It was given no sessions, no limits of rate and no logger, which it would have in earnest. Latchkey keeps no users; it judges the number, takes turns, counts unverified sends and money, seals and authenticates what it stores, writes a log line with metrics for each step, and gives a proof, which KMS signs where it is deployed: here the answer of KMS is there at once, as is that of the provider, and beside it stands what signing in the process would add. With a store over the network both would pay for that store, and Latchkey asks its own more often: the ratio is about handlers and nothing else.",
      "The budget was set by a prototype of a start and a check: a code, one HMAC and a Map. What stands between it and the endpoints is what they do beside, all of it spread thin: no function of ours takes a tenth of the CPU.",
      "Found here and mended: Node 24 finds out that a key in bytes is no key object by a look-up that fails, which costs more than the HMAC itself. Keys are now made key objects before each HMAC and each seal; the last table shows both ways.",
      "Latchkey's clock is turned on between pairs, since no number may be sent so many messages. Better Auth's is the machine's.",
      "Better Auth stores a code as it is sent, beside its count of tries; Latchkey stores an HMAC.",
    ],
    verdicts: [verdict("sequential", "one by one"), verdict("concurrent", atOnce)],
    charts: [
      {
        kind: "bars",
        name: "benchmark-peers",
        title: "CPU of a start and a check",
        unit: "µs",
        bars: NAMES.flatMap((name) => [
          { label: name, ...spreadOf(cpu(name, "sequential")) },
          { label: `${name}, ${atOnce}`, ...spreadOf(cpu(name, "concurrent")) },
        ]),
      },
    ],
  };
}
