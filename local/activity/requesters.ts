import * as v from "valibot";
import { blockTarget } from "../../functions/verification/block.ts";
import { clientScopes } from "../../functions/verification/client.ts";
import { RANGE_DIGITS } from "../../functions/verification/scopes.ts";
import type { FunctionLine } from "../functions/thread.ts";
import type { Served } from "../gateway/served.ts";
import { jsonIn } from "./metrics.ts";

/** Who asked for codes in the last hour: by client, range, number, country and app. */
export type Requesters = {
  readonly served: (served: Served) => void;
  readonly wrote: (line: FunctionLine) => void;
  readonly top: (kind: RequesterKind) => readonly Requester[];
  /** The target of a requester for an operator's command. It may be a whole number, so it stays in this process. */
  readonly targetOf: (ref: string) => string | undefined;
};

export const REQUESTER_KINDS = ["clients", "ranges", "countries", "numbers", "apps"] as const;
type RequesterKind = (typeof REQUESTER_KINDS)[number];

export type Requester = {
  /** Its id on the page. */
  readonly ref: string;
  /** An address, a range, a country, a masked number, or an app. */
  readonly label: string;
  readonly asked: number;
  readonly sent: number;
  readonly approved: number;
  readonly wrong: number;
};

type Fact = "asked" | "sent" | "approved" | "wrong";
type Event = { readonly at: number; readonly ref: string; readonly facts: readonly Fact[] };

const HOUR_MS = 3_600_000;
const SHOWN = 5;

/** `app`: where the stage has several. */
const OF = { country: v.string(), app: v.optional(v.string()) };
const SEND = v.object({ event: v.literal("send"), outcome: v.string(), ...OF });
const CHECK = v.object({ event: v.literal("check"), result: v.string(), ...OF });

const ASKING = /^POST \/v1\/(?:server\/)?verifications(?:\/\{id\}\/resend)?$/;
const CHECKING = /^POST \/v1\/(?:server\/)?verifications\/\{id\}\/check$/;

export function createRequesters(now: () => number): Requesters {
  const facts = createFacts(now);
  const { note } = facts;
  return {
    served({ method, resource, address, number, to = "", status, reason }) {
      const facts = factsOf(`${method} ${resource}`, status, reason);
      if (facts.length === 0) return;
      note({ kind: "clients", target: address, label: clientLabel(address) }, facts);
      // Such as one with a digit too few.
      if (number === undefined || reason === "phone-invalid") return;
      note({ kind: "numbers", target: number, label: to }, facts);
      const target = `${number.slice(0, -RANGE_DIGITS)}****`;
      if (blockTarget(target) === undefined) return;
      note({ kind: "ranges", target, label: target.replaceAll("*", "•") }, facts);
    },
    wrote({ line }) {
      const parsed = jsonIn(line);
      if (!v.is(SEND, parsed) && !v.is(CHECK, parsed)) return;
      const { country, app } = parsed;
      const facts =
        parsed.event === "check"
          ? checkFacts(parsed.result)
          : askedFacts(parsed.outcome === "sent");
      note({ kind: "countries", target: country, label: country }, facts);
      if (app !== undefined) note({ kind: "apps", target: app, label: app }, facts);
    },
    top(kind) {
      return facts
        .counts(kind)
        .toSorted((one, other) => other.asked + other.wrong - one.asked - one.wrong)
        .slice(0, SHOWN);
    },
    targetOf: facts.targetOf,
  };
}

type Named = { readonly kind: RequesterKind; readonly label: string; readonly target: string };

/** The facts of the last hour, by who they are about. */
function createFacts(now: () => number) {
  const targets = new Map<string, Named>();
  const refs = new Map<string, string>();
  let events: Event[] = [];
  let named = 0;
  const recent = () => events.filter(({ at }) => at >= now() - HOUR_MS);

  function forgetOld(): void {
    events = recent();
    const kept = new Set(events.map(({ ref }) => ref));
    for (const [key, ref] of refs)
      if (!kept.has(ref)) {
        refs.delete(key);
        targets.delete(ref);
      }
  }

  function refOf(who: Named): string {
    const key = `${who.kind} ${who.target}`;
    const known = refs.get(key);
    if (known !== undefined) return known;
    named += 1;
    const ref = `${who.kind}-${named}`;
    refs.set(key, ref);
    targets.set(ref, who);
    return ref;
  }

  return {
    note(who: Named, facts: readonly Fact[]): void {
      if ((events[0]?.at ?? now()) < now() - 2 * HOUR_MS) forgetOld();
      events.push({ at: now(), ref: refOf(who), facts });
    },
    counts(kind: RequesterKind): readonly Requester[] {
      const counts = new Map<string, Record<Fact, number>>();
      for (const { ref, facts } of recent()) {
        const count = counts.get(ref) ?? { asked: 0, sent: 0, approved: 0, wrong: 0 };
        for (const fact of facts) count[fact] += 1;
        counts.set(ref, count);
      }
      return [...counts].flatMap(([ref, count]) => {
        const who = targets.get(ref);
        return who?.kind === kind ? [{ ref, label: who.label, ...count }] : [];
      });
    },
    targetOf: (ref: string) => targets.get(ref)?.target,
  };
}

/** An IPv6 client is counted by its /64. */
function clientLabel(address: string): string {
  const [{ kind, address: narrowest }] = clientScopes(address);
  return kind === "ipv6-64" ? `${narrowest}::/64` : narrowest;
}

function factsOf(route: string, status: number, reason: string | undefined): readonly Fact[] {
  if (ASKING.test(route)) return askedFacts(status < 300);
  return CHECKING.test(route) ? checkFacts(reason) : [];
}

function askedFacts(isSent: boolean): readonly Fact[] {
  return isSent ? ["asked", "sent"] : ["asked"];
}

function checkFacts(reason: string | undefined): readonly Fact[] {
  if (reason === "approved") return ["approved"];
  return reason === "incorrect" ? ["wrong"] : [];
}
