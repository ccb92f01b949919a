import type { FunctionName } from "../../functions/runtime/environment.ts";
import { bundleFunction } from "./builds.ts";
import { prepareRuntime, type Runtime } from "./runtime.ts";
import type { Section } from "./section.ts";
import { type EventName, type Exchange, type Stub, startStub } from "./stub.ts";

const BUDGET = { roundsOfACheck: 2, roundsBeforeASend: 3 } as const;

type Operation = { readonly does: string; readonly name: FunctionName; readonly event: EventName };

const OPERATIONS = {
  start: { does: "start, from IPv4", name: "start-verification", event: "start" },
  dearestStart: {
    does: "start, from IPv6, with an Idempotency-Key",
    name: "start-verification",
    event: "dearestStart",
  },
  resend: { does: "resend", name: "resend-code", event: "resend" },
  wrong: { does: "check, a wrong code", name: "check-code", event: "wrong" },
  right: { does: "check, the right code", name: "check-code", event: "right" },
  show: { does: "show", name: "show-verification", event: "show" },
  cancel: { does: "cancel", name: "cancel-verification", event: "cancel" },
  delivery: { does: "news of a message", name: "receive-delivery", event: "delivery" },
} as const satisfies Readonly<Record<string, Operation>>;

/** Whom a request goes to, by its target or its path. */
const SERVICES = {
  DynamoDB: /^DynamoDB_/,
  KMS: /^TrentService\./,
  "Secrets Manager": /^secretsmanager\./,
  Lambda: /\/functions\//,
  Twilio: /\/Messages/,
} as const;
type Service = keyof typeof SERVICES;

type Traffic = { readonly cold: readonly Exchange[]; readonly warm: readonly Exchange[] };

/** What each operation puts on the wire, from the deployed bundles, and how often it waits for it. */
export async function measureRequests(): Promise<Section> {
  const runtime = await prepareRuntime();
  const stub = await startStub();
  try {
    const traffic = new Map<Operation, Traffic>();
    for (const operation of Object.values(OPERATIONS))
      traffic.set(operation, await trafficOf(operation, runtime, stub));
    const of = (operation: Operation) => traffic.get(operation) ?? { cold: [], warm: [] };
    return sectionOf(of);
  } finally {
    stub.stop();
  }
}

async function trafficOf(
  { name, event }: Operation,
  runtime: Runtime,
  stub: Stub,
): Promise<Traffic> {
  const { directory } = await bundleFunction(name);
  const heard = (times: number) =>
    stub.listen(() =>
      runtime.run({
        directory,
        env: stub.environmentOf(name),
        event: { file: stub.eventFile(event), times },
      }),
    );
  const cold = await heard(1);
  const both = await heard(2);
  return { cold, warm: both.slice(cold.length) };
}

const isFor = (service: Service) => (exchange: Exchange) =>
  SERVICES[service].test(exchange.operation);

/** How many times something is waited for: a round begins where nothing of the last one is under way. */
function roundsOf(exchanges: readonly Exchange[]): number {
  let rounds = 0;
  let endsAt = Number.NEGATIVE_INFINITY;
  for (const { startedAt, endedAt } of exchanges) {
    if (startedAt >= endsAt) rounds += 1;
    endsAt = Math.max(endsAt, endedAt);
  }
  return rounds;
}

function beforeTwilio(exchanges: readonly Exchange[]): readonly Exchange[] {
  const first = exchanges.findIndex(isFor("Twilio"));
  return first === -1 ? exchanges : exchanges.slice(0, first);
}

function sectionOf(of: (operation: Operation) => Traffic): Section {
  const count = (exchanges: readonly Exchange[], service: Service) =>
    exchanges.filter(isFor(service)).length;
  const shown = (many: number) => (many === 0 ? "–" : String(many));
  const tableRounds = (operation: Operation) =>
    roundsOf(of(operation).warm.filter(isFor("DynamoDB")));
  const roundsBefore = (operation: Operation) => roundsOf(beforeTwilio(of(operation).warm));
  return {
    title: "Requests",
    method:
      "What the deployed bundles ask of others under the runtime client, counted on the wire, retries included. Warm is the second request of a container, within the ten seconds in which the kill switch is remembered; cold is what the first one asks beside, once a container. A round is a time that the function waits: requests side by side are one.",
    tables: [
      {
        columns: [
          { name: "operation, warm" },
          ...[
            "DynamoDB",
            "KMS",
            "Lambda",
            "Twilio",
            "rounds",
            "of these before Twilio",
            "cold: DynamoDB",
            "KMS",
            "Secrets Manager",
            "rounds in all",
          ].map((name) => ({ name, isFigure: true })),
        ],
        rows: Object.values(OPERATIONS).map((operation) => {
          const { cold, warm } = of(operation);
          const added = (service: Service) => count(cold, service) - count(warm, service);
          return [
            operation.does,
            shown(count(warm, "DynamoDB")),
            shown(count(warm, "KMS")),
            shown(count(warm, "Lambda")),
            shown(count(warm, "Twilio")),
            String(roundsOf(warm)),
            count(warm, "Twilio") === 0 ? "–" : String(roundsBefore(operation)),
            shown(added("DynamoDB")),
            shown(added("KMS")),
            shown(added("Secrets Manager")),
            String(roundsOf(cold)),
          ];
        }),
      },
    ],
    remarks: [
      "A start waits once more than the budget says, on purpose. What many people share, the range, the country and the service, is asked after the turn of the number and not beside the client: whoever hammers one number, or is over his own limit, must not touch what strangers live on. The money is reserved after that, so that a start that is refused never holds it. Each round is one write of DynamoDB, a few milliseconds beside the request to Twilio that follows.",
      "What refused requests ask is in test/contract/wire.test.ts, which fails where any of these numbers changes.",
    ],
    verdicts: [
      ...[OPERATIONS.wrong, OPERATIONS.right].map((operation) => ({
        measure: `rounds of DynamoDB, ${operation.does}`,
        value: tableRounds(operation),
        unit: "",
        budget: { atMost: BUDGET.roundsOfACheck },
      })),
      ...[OPERATIONS.start, OPERATIONS.dearestStart].map((operation) => ({
        measure: `rounds before Twilio, ${operation.does}`,
        value: roundsBefore(operation),
        unit: "",
        budget: { atMost: BUDGET.roundsBeforeASend },
      })),
    ],
    charts: [],
  };
}
