import { createHash } from "node:crypto";
import { cancel } from "../../functions/verification/cancel.ts";
import { check } from "../../functions/verification/check.ts";
import { type CheckNumberDeps, checkNumber } from "../../functions/verification/check-number.ts";
import { mac } from "../../functions/verification/code.ts";
import {
  keyOf,
  type VerificationId,
  type VerificationKey,
} from "../../functions/verification/identifiers.ts";
import type { Clock, VerificationStore } from "../../functions/verification/ports.ts";
import { resend } from "../../functions/verification/resend.ts";
import { show } from "../../functions/verification/show.ts";
import { start } from "../../functions/verification/start.ts";
import type { Verification } from "../../functions/verification/verification.ts";
import { CLIENTS, RESENDING } from "../model/promised.ts";
import { type Deps, idIn, NOON, someDeps } from "../support/deps.ts";
import type { Stores } from "../support/engine-stores.ts";
import { NUMBERS, POOL, type Step, type StepOf } from "./steps.ts";

export type System = ReturnType<typeof aSystem>;

export type Played = { readonly answer: unknown; readonly item: Verification | undefined };

/** That of an API key, so that the newest verification of a number is kept. */
const APP = "shop";
type Typing = { readonly code: string; readonly idempotencyKey: string | undefined };
const SINCE_EVER = { now: NOON, ticket: undefined };
const UNKNOWN_ID = idIn(`v1-${"unknown0".repeat(3)}`);

/** The use cases over some stores, played step by step. With `isByNumber`, the newest verification of a number is checked as a back end does that knows no id. */
export function aSystem(storesFor: (clock: Clock) => Stores, { isByNumber = false } = {}) {
  const time = { now: NOON };
  const clock = () => time.now;
  const stores = storesFor(clock);
  const random = scriptedRandom();
  const { verifications, setStaleness, keep } = withStaleReads(stores.verifications);
  const deps: Deps = { ...someDeps({ ...stores, verifications }), time, clock, random };
  const ids: VerificationId[] = [];
  const newest = new Map<string, VerificationId>();
  const numbers: CheckNumberDeps["numbers"] = {
    ...stores.numbers,
    readNewest: async (number, app) =>
      (await stores.numbers.read(number, SINCE_EVER)).newest?.[app],
  };
  const idOf = (ordinal: number) => ids[ordinal] ?? UNKNOWN_ID;

  function ordinalOf(id: string): number {
    if (!ids.includes(idIn(id))) ids.push(idIn(id));
    return ids.indexOf(idIn(id));
  }

  /** Ids are random: what is compared is which of the verifications they name, and what the proof of it claims. */
  function plain(name: string, value: unknown): unknown {
    if (typeof value !== "string") return value;
    if (name === "proof") return JSON.parse(value, plain);
    if (name === "ticket") return issuedAtSeconds(value);
    if (name === "jti") return ids.findIndex((id) => keyOf(id) === value);
    return name === "id" ? ordinalOf(value) : value;
  }

  async function started(step: StepOf<"start">): Promise<object> {
    const [to, app] = [numberOf(step), appOf(step)];
    const outcome = await start(deps, {
      to,
      app,
      channel: "sms",
      purpose: step.purpose,
      locale: "en-GB",
      nonce: step.nonce,
      clientAddress: CLIENTS[step.client].address,
      idempotencyKey: step.request,
    });
    const id = outcome.kind === "started" ? idIn(outcome.view.id) : UNKNOWN_ID;
    if (app !== undefined && id !== UNKNOWN_ID && !ids.includes(id)) newest.set(to, id);
    return outcome;
  }

  async function checked(id: VerificationId, request: Typing): Promise<object> {
    const [to] = NUMBERS.filter((number) => isByNumber && newest.get(number) === id);
    if (to === undefined) return check(deps, { id, ...request });
    const outcome = await checkNumber({ ...deps, numbers }, { app: APP, to, ...request });
    return { ...outcome, id: undefined };
  }

  async function act(step: Step, ordinal: number, code: string): Promise<object> {
    const id = idOf(ordinal);
    switch (step.act) {
      case "start":
        return started(step);
      case "resend":
        return resend(deps, { id, clientAddress: RESENDING.address, idempotencyKey: step.request });
      case "check":
        return checked(id, { code, idempotencyKey: step.request });
      case "cancel":
        return cancel(deps, { id });
      case "show":
        return show(deps, { id });
      case "wait":
        time.now += step.milliseconds;
        return { kind: "waited" };
    }
  }

  return {
    deps,
    /** Plays one step; `code` is that of a check. Tells the answer, and what is stored of the verification from then on. */
    async play(step: Step, ordinal: number, code: string): Promise<Played> {
      setStaleness("stale" in step ? step.stale : 0);
      if ("draw" in step) random.drawFrom(step.draw);
      deps.provider.outcome = "provider" in step ? step.provider : "accepted";
      const started = ids.length;
      const answer: unknown = JSON.parse(JSON.stringify(await act(step, ordinal, code)), plain);
      setStaleness(0);
      const touched = ids[ids.length > started ? started : ordinal];
      return { answer, item: touched && (await keep(keyOf(touched))) };
    },
    /** So many guesses about a number have failed. */
    async fail(number: string, times: number): Promise<void> {
      const pseudonym = mac(await deps.keys.index(), ["number", number]);
      const failures = Array.from({ length: times }, () =>
        stores.numbers.addFailure(pseudonym, NOON),
      );
      await Promise.all(failures);
    },
  };
}

function numberOf({ number }: StepOf<"start">): string {
  return NUMBERS[number] ?? NUMBERS[0];
}

/** The model has no apps: by one, a start without an address is counted for no client, and a request has a claim of its own. */
function appOf({ client, request }: StepOf<"start">): string | undefined {
  return CLIENTS[client].address === undefined || request !== undefined ? undefined : APP;
}

/** A ticket says when, and to nobody but us of which number. */
function issuedAtSeconds(ticket: string): number {
  return Number.parseInt(ticket.split(".")[0] ?? "", 36);
}

/** Codes from the pool, in order from where the step says; bytes that differ each time, and are the same in every system. */
function scriptedRandom() {
  let next = 0;
  let calls = 0;
  return {
    drawFrom(place: number) {
      next = place;
    },
    integer() {
      const code = POOL[next % POOL.length];
      next += 1;
      return Number(code);
    },
    bytes(count: number) {
      calls += 1;
      return createHash("sha256").update(`call ${calls}`).digest().subarray(0, count);
    },
  };
}

/** Plain reads that can be told to be some steps old. */
function withStaleReads(store: VerificationStore) {
  const versions = new Map<string, (Verification | undefined)[]>();
  let staleness = 0;
  const read: VerificationStore["read"] = async (key) => {
    const kept = versions.get(key) ?? [];
    const isStale = staleness > 0 && kept.length > 0;
    return isStale ? kept[Math.max(0, kept.length - 1 - staleness)] : store.read(key);
  };
  return {
    verifications: { ...store, read },
    setStaleness(steps: number) {
      staleness = steps;
    },
    /** Remembers how a verification is after a step about it. */
    async keep(key: VerificationKey) {
      const item = await store.read(key);
      versions.set(key, [...(versions.get(key) ?? []), item]);
      return item;
    },
  };
}
