import type { ChallengeResult } from "../../functions/verification/challenge.ts";
import { mac } from "../../functions/verification/code.ts";
import type { ScopeKey } from "../../functions/verification/identifiers.ts";
import {
  isShared,
  itemOf,
  scopesOf,
  sharedPlaceOf,
  windowsAt,
} from "../../functions/verification/scopes.ts";
import { dayOf } from "../../functions/verification/spend.ts";
import { issueTicket } from "../../functions/verification/ticket.ts";
import { phoneOf } from "../model/answers.ts";
import { aChallenge } from "../support/deps.ts";
import { type Person, provenInTheEnd } from "./support/person.ts";
import type { Answer, Run } from "./support/run.ts";
import { describeFaults, type Scenario } from "./support/scenarios.ts";
import { startedId, startOf } from "./support/started.ts";

/** What the client's address, or the number's neighbours, country and service owe. */
async function owe(run: Run, which: "client" | "shared", unverified: number): Promise<void> {
  const { deps, to } = run;
  const index = await deps.keys.index();
  const asking = { clientAddress: "192.0.2.1", to: phoneOf(to), country: "GB" } as const;
  const scopes = scopesOf(index, deps.scopeTerms, asking)[which];
  const { now } = deps.time;
  const keys = windowsAt(scopes, deps.scopeTerms, { now }).map(({ key }) => key);
  const shared = keys.filter(isShared).map((key) => {
    const { country, slot } = sharedPlaceOf(key);
    return { [`${country}w${slot}`]: unverified, [`${country}d`]: unverified };
  });
  if (shared.length > 0) await run.put({ pk: spendOf(run), ...Object.assign({}, ...shared) });
  for (const key of keys.filter((key) => !isShared(key)))
    await run.put({ pk: `scope#${itemOf(key).item}`, unverified, ...windowOf(key, unverified) });
}

/** Where the windows of a day share an item, the counter of this one. */
function windowOf(key: ScopeKey, unverified: number): Readonly<Record<string, number>> {
  const { slot } = itemOf(key);
  return slot === undefined ? {} : { [`w${slot}`]: unverified };
}

function spendOf({ deps }: Run): string {
  return `spend#${dayOf(deps.time.now)}#0`;
}

const EVERYTHING_MICROS = 1_000_000_000;

function spend(run: Run, total: number): Promise<void> {
  return run.put({ pk: spendOf(run), total });
}

const widget: { result: ChallengeResult } = { result: "passed" };
let tokens = 0;

function challenged(run: Run) {
  tokens += 1;
  return { ...startOf(run), body: { to: run.to, challenge: `token-${tokens}` } } as const;
}

/** A page whose token was used up shows its widget once more, each time that it must. */
async function provenWithOtherTokens(person: Person, answer: Answer): Promise<readonly string[]> {
  let started = answer;
  while (started.body["code"] === "challenge-required")
    started = await person.insist(challenged(person.run));
  return provenInTheEnd(person, started);
}

async function resendOf(run: Run) {
  const id = await startedId(run);
  run.deps.time.now += 30_000;
  return { route: "resend", key: "0b8f6f0a-52a6-4a0e-9d0c-5b1c3c3f7d21", id, body: {} } as const;
}

/** A request in a run that is as `before` makes it, and possible again as `mend` makes it. */
const under = (
  before: (run: Run) => unknown,
  mend: NonNullable<Scenario["mend"]>,
  request: Scenario["request"] = startOf,
): Pick<Scenario, "request" | "mend"> => ({
  request: async (run) => {
    const asked = await request(run);
    await before(run);
    return asked;
  },
  mend,
});

const providerIs = (outcome: Run["provider"]["outcome"]) => (run: Run) => {
  run.provider.outcome = outcome;
};
const refusedBy = (request: Scenario["request"]) =>
  under(providerIs("refused"), providerIs("accepted"), request);
const paused = (run: Run, isPaused: boolean) => run.put({ pk: "switch#sending", paused: isPaused });

/** What is sent once, and asked for again. */
const repeated = (
  most: number,
  request: Scenario["request"],
): Pick<Scenario, "request" | "finish"> => ({
  request: async (run) => {
    const asked = await request(run);
    await run.ask(asked);
    return asked;
  },
  finish: async (person, answer) => [
    ...(person.run.sent.length > most ? ["sent again"] : []),
    ...(await provenInTheEnd(person, answer)),
  ],
});

/** A state that keeps messages from being sent, and sent none. */
const unsent = (lift: (run: Run) => unknown) => async (run: Run) => {
  if (run.sent.length > 0) throw new Error("sent all the same");
  await lift(run);
};

async function withRevokedTicket(run: Run) {
  const { deps, to } = run;
  const index = await deps.keys.index();
  const number = mac(index, ["number", to]);
  const issuedAt = deps.time.now - 3_600_000;
  await run.put({ pk: `number#${number}`, ticketsFrom: deps.time.now });
  return { ...startOf(run), body: { to, ticket: issueTicket(index, number, issuedAt) } };
}

/** Each is proven in the end, where nothing else is said. */
const SCENARIOS: readonly (Omit<Scenario, "finish"> & Partial<Scenario>)[] = [
  { name: "a start", ends: "201", request: startOf },
  {
    name: "a start that the provider refuses",
    from: "sender.send 1",
    ends: "503 provider-unavailable",
    ...refusedBy(startOf),
  },
  {
    name: "a start without an answer from the provider",
    from: "sender.send 1",
    ends: "201",
    ...under(providerIs("unknown"), () => undefined),
  },
  {
    name: "a start that is repeated",
    from: "claims.claim 1",
    ends: "201",
    ...repeated(1, startOf),
  },
  { name: "a resend", ends: "202", request: resendOf },
  {
    name: "a resend that the provider refuses",
    from: "sender.send 1",
    ends: "503 provider-unavailable",
    ...refusedBy(resendOf),
  },
  {
    name: "a resend without money for it",
    from: "spend.reserve 1",
    ends: "503 sending-paused",
    // In the end the day has spent the one message before.
    ...under(
      (run) => spend(run, EVERYTHING_MICROS),
      (run) => spend(run, 100_000),
      resendOf,
    ),
  },
  {
    name: "a resend that is repeated",
    from: "verifications.read 1",
    ends: "202",
    ...repeated(2, resendOf),
  },
  {
    name: "a start without money for it",
    from: "spend.reserve 1",
    ends: "503 sending-paused",
    ...under(
      (run) => spend(run, EVERYTHING_MICROS),
      (run) => spend(run, 0),
    ),
  },
  ...(["shared", "client"] as const).map((which) => ({
    name: `a start with unverified sends of ${which === "shared" ? "its country" : "its client"}`,
    from: which === "shared" ? "scopes.add 2" : "scopes.add 1",
    ends: "429 too-many-requests",
    ...under(
      (run) => owe(run, which, 5_000),
      (run) => owe(run, which, 0),
    ),
  })),
  {
    name: "a start during a pause",
    from: "switch.switchState 1",
    ends: "503 sending-paused",
    ...under(
      (run) => paused(run, true),
      unsent((run) => paused(run, false)),
    ),
  },
  {
    name: "a start with a revoked ticket",
    from: "numbers.takeTurn 1",
    ends: "201",
    request: withRevokedTicket,
  },
  {
    name: "a start with a challenge",
    from: "verifier.verify 1",
    terms: { challenge: aChallenge("always", widget) },
    ends: "201",
    request: challenged,
    finish: provenWithOtherTokens,
  },
  {
    name: "a start whose challenge could not be verified",
    from: "verifier.verify 1",
    terms: { challenge: aChallenge("always", widget) },
    ends: "403 challenge-required",
    ...under(
      () => Object.assign(widget, { result: "unreachable" }),
      unsent(() => Object.assign(widget, { result: "passed" })),
      challenged,
    ),
    finish: provenWithOtherTokens,
  },
];

await describeFaults(
  "a start, a resend, and a start that is refused or challenged",
  SCENARIOS.map((scenario) => ({ finish: provenInTheEnd, ...scenario })),
);
