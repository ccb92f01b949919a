import { LIMITS } from "../../functions/policy/limits.ts";
import { cancel } from "../../functions/verification/cancel.ts";
import { check } from "../../functions/verification/check.ts";
import { newVerificationId } from "../../functions/verification/identifiers.ts";
import { judgePhone } from "../../functions/verification/phone-policy.ts";
import {
  isShared,
  type ScopeKind,
  scopesOf,
  shardsOf,
  windowAt,
} from "../../functions/verification/scopes.ts";
import { show } from "../../functions/verification/show.ts";
import { dayOf } from "../../functions/verification/spend.ts";
import { start } from "../../functions/verification/start.ts";
import { aStart, type Deps, idIn, newestCode, otherThan } from "../../test/support/deps.ts";
import { drawNumber, ipv4, ipv6, UK_MOBILES } from "../simulation/numbers.ts";
import type { Seeded } from "../simulation/seeded.ts";

type Act = { readonly deps: Deps; readonly random: Seeded; readonly index: number };

/** What all the requests of a second are. */
export type Mix = {
  readonly name: string;
  /** Whether a request costs a message, a signature: so many of each. */
  readonly sends: number;
  readonly approvals: number;
  /** Seconds that a function runs for a request, on the average. */
  readonly seconds: number;
  readonly isHostile: boolean;
  /** Requests in a turn of the mix. */
  readonly requests: number;
  /** What came before: the limits that an attack has filled, the verification that is guessed at. */
  readonly prepare?: (act: Omit<Act, "index">) => Promise<Target>;
  readonly turn: (act: Act & { readonly target: Target }) => Promise<unknown>;
};

/** What an attack is aimed at. */
type Target = { readonly id?: string; readonly to?: string };

/** Measured (cli/usage.ts): a send waits for Twilio, a check for a signature, a refusal for neither. */
const SECONDS = { start: 0.25, approval: 0.03, refusal: 0.03 } as const;

const HOSTILE = { sends: 0, approvals: 0, seconds: SECONDS.refusal, isHostile: true, requests: 1 };
const HONEST = {
  sends: 0.5,
  approvals: 0.5,
  seconds: (SECONDS.start + SECONDS.approval) / 2,
  isHostile: false,
  requests: 2,
};

const MOROCCAN = "+2126########";
/** Neighbours: numbers of fiction are all of one range. */
const neighbour = (index: number) => `+447700900${String(index % 1_000).padStart(3, "0")}`;
const FAR = 4_000_000;

type Asking = {
  readonly to: string;
  readonly clientAddress: string | undefined;
  readonly idempotencyKey?: string | undefined;
};

async function asked({ deps }: Pick<Act, "deps">, asking: Asking) {
  return start(deps, aStart(asking));
}

async function proven({ deps, random, index }: Act, plan: string): Promise<void> {
  const started = await asked(
    { deps },
    { to: drawNumber(plan, random), clientAddress: ipv4(index) },
  );
  if (started.kind !== "started") throw new Error(`an honest start was refused: ${started.why}`);
  await check(deps, { id: idIn(started.view.id), code: newestCode(deps) });
}

const NO_MONEY = { day: 0, hour: 0, countryDay: 0, countryHour: 0 } as const;

/** Fills the limit of the scope of this kind that such a send has, on each of its shards. */
async function fill(
  { deps }: Omit<Act, "index">,
  kind: ScopeKind,
  send: { readonly to: string; readonly clientAddress?: string | undefined },
): Promise<Target> {
  const { scopeTerms: terms } = deps;
  const verdict = judgePhone(send.to, deps);
  if (verdict.kind !== "accepted") throw new Error(`${kind} cannot be filled`);
  const { phone: to, country } = verdict;
  const asked = { to, country, clientAddress: send.clientAddress };
  const { client, shared } = scopesOf(await deps.keys.index(), terms, asked);
  const scope = [...client, ...shared].find((one) => one.kind === kind);
  if (scope === undefined) throw new Error(`such a send has no ${kind}`);
  const now = deps.clock();
  const at = { now, layouts: (await deps.sendingSwitch.switchState()).layouts };
  for (let shard = 0; shard < shardsOf(scope, at); shard += 1) {
    const window = windowAt(scope, terms, { ...at, shard });
    const charge = { day: dayOf(now), hour: new Date(now).getUTCHours(), shard, country };
    const count = () =>
      isShared(window.key)
        ? deps.spend.reserve({ ...charge, micros: 0 }, NO_MONEY, [window])
        : deps.scopes.add(window);
    await Promise.all(Array.from({ length: window.max }, count));
  }
  return {};
}

async function victim(
  { deps, random }: Omit<Act, "index">,
  idempotencyKey?: string,
): Promise<Target> {
  const to = drawNumber(UK_MOBILES, random);
  const started = await asked({ deps }, { to, clientAddress: ipv4(FAR), idempotencyKey });
  if (started.kind !== "started") throw new Error("the victim was refused");
  return { id: started.view.id, to };
}

const KEY = "one key that all send";
const ofOneAddress = (random: Seeded): Asking => ({
  to: drawNumber(UK_MOBILES, random),
  clientAddress: "203.0.113.7",
});
const ofOneSite = (random: Seeded, index: number): Asking => ({
  to: drawNumber(UK_MOBILES, random),
  clientAddress: ipv6(1, index),
});
const ofOneRange = (index: number): Asking => ({
  to: neighbour(index),
  clientAddress: ipv4(index),
});
const ofNobody = (random: Seeded): Asking => ({
  to: drawNumber(UK_MOBILES, random),
  clientAddress: undefined,
});

const guessed = (code: string, random: Seeded) => otherThan(code, 1 + random.integer(900_000));

const guessAt = (deps: Deps, { id = "" }: Target, code: string) =>
  check(deps, { id: idIn(id), code });

export const MIXES: readonly Mix[] = [
  {
    name: "sign-ins, uniform over numbers and clients",
    ...HONEST,
    turn: (act) => proven(act, UK_MOBILES),
  },
  { name: "sign-ins, all of one country", ...HONEST, turn: (act) => proven(act, MOROCCAN) },
  {
    name: "starts onto one limited country",
    ...HOSTILE,
    prepare: (act) => fill(act, "country", { to: drawNumber(MOROCCAN, act.random) }),
    turn: ({ index, random, ...act }) =>
      asked(act, { to: drawNumber(MOROCCAN, random), clientAddress: ipv4(index) }),
  },
  {
    name: "starts onto one limited range",
    ...HOSTILE,
    prepare: (act) => fill(act, "range", ofOneRange(FAR)),
    turn: ({ index, ...act }) => asked(act, ofOneRange(index)),
  },
  {
    name: "starts from one IPv4 address",
    ...HOSTILE,
    prepare: (act) => fill(act, "ipv4", ofOneAddress(act.random)),
    turn: ({ random, ...act }) => asked(act, ofOneAddress(random)),
  },
  {
    name: "starts from one IPv6 /48, a fresh /64 each",
    ...HOSTILE,
    prepare: (act) => fill(act, "ipv6-48", ofOneSite(act.random, FAR)),
    turn: ({ index, random, ...act }) => asked(act, ofOneSite(random, index)),
  },
  {
    name: "starts without an address",
    ...HOSTILE,
    prepare: (act) => fill(act, "client-unknown", ofNobody(act.random)),
    turn: ({ random, ...act }) => asked(act, ofNobody(random)),
  },
  {
    name: "starts onto one number, from everywhere",
    ...HOSTILE,
    prepare: (act) => victim(act),
    turn: ({ index, target, ...act }) =>
      asked(act, { to: target.to ?? "", clientAddress: ipv4(index) }),
  },
  {
    name: "starts with one Idempotency-Key, from everywhere",
    ...HOSTILE,
    prepare: (act) => victim(act, KEY),
    turn: ({ index, target, ...act }) =>
      asked(act, { to: target.to ?? "", clientAddress: ipv4(index), idempotencyKey: KEY }),
  },
  {
    name: "guesses at one known verification",
    ...HOSTILE,
    prepare: async (act) => {
      const target = await victim(act);
      for (let guess = 1; guess <= LIMITS.checksPerVerification; guess += 1)
        await guessAt(act.deps, target, otherThan(newestCode(act.deps), guess));
      return target;
    },
    turn: ({ deps, random, target }) => guessAt(deps, target, guessed(newestCode(deps), random)),
  },
  {
    name: "one wrong guess at one verification, again and again",
    ...HOSTILE,
    prepare: async (act) => {
      const target = await victim(act);
      await guessAt(act.deps, target, otherThan(newestCode(act.deps)));
      return target;
    },
    turn: ({ deps, target }) => guessAt(deps, target, otherThan(newestCode(deps))),
  },
  {
    name: "guesses at an unknown id",
    ...HOSTILE,
    prepare: async ({ deps, random }) => ({ id: newVerificationId(deps.keyEpoch, random) }),
    turn: ({ deps, random, target }) => guessAt(deps, target, guessed("000000", random)),
  },
  {
    name: "one verification asked how it stands",
    ...HOSTILE,
    prepare: (act) => victim(act),
    turn: ({ deps, target }) => show(deps, { id: idIn(target.id ?? "") }),
  },
  {
    name: "one verification canceled, again and again",
    ...HOSTILE,
    prepare: async (act) => {
      const target = await victim(act);
      await cancel(act.deps, { id: idIn(target.id ?? "") });
      return target;
    },
    turn: ({ deps, target }) => cancel(deps, { id: idIn(target.id ?? "") }),
  },
];
