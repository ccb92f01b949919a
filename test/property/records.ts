import { expect } from "vitest";
import { LIMITS, type SendLimit } from "../../functions/policy/limits.ts";
import { clientScopes } from "../../functions/verification/client.ts";
import type { ScopeKind, ScopeTerms } from "../../functions/verification/scopes.ts";
import type { SpendTerms } from "../../functions/verification/spend.ts";

/**
 * A bookkeeper who knows only which messages went out and which were proven, and counts by himself what no limit may let through. Terms so tight that
 * random traffic meets every one of them.
 */

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;

const ROW = { mode: "enforce", windowSeconds: 3_600 } as const;
export const SCOPES: ScopeTerms = {
  limits: {
    ipv4: { ...ROW, max: 4, windowSeconds: 600 },
    "ipv6-64": { ...ROW, max: 3, windowSeconds: 600 },
    "ipv6-48": { ...ROW, max: 5, windowSeconds: 600 },
    "client-unknown": { ...ROW, max: 2, windowSeconds: 600 },
    range: { ...ROW, max: 4 },
    country: { ...ROW, max: 3 },
    "home-country": { ...ROW, max: 4 },
    service: { ...ROW, max: 5 },
  },
  homeCountry: "GB",
  shards: 1,
};

export const CENT = 10_000;
export const SPEND: SpendTerms = {
  total: { perHourMicros: 60 * CENT, perDayMicros: 150 * CENT },
  countries: { JE: { perHourMicros: 25 * CENT, perDayMicros: 60 * CENT } },
  keptForTickets: 0.3,
  knownShare: 0,
  prices: { GB: { sms: 6 * CENT }, JE: { sms: 9 * CENT } },
  shards: 1,
};

/** One message that went out, or may have. */
export type Sent = {
  readonly at: number;
  readonly number: string;
  readonly client: string | undefined;
  readonly country: "GB" | "JE";
  readonly hasTicket: boolean;
  /** When its start was made, by which an approval pays. */
  readonly startedAt: number;
  readonly startClient: string | undefined;
};
export type Approval = Pick<Sent, "number" | "country" | "startedAt" | "startClient"> & {
  readonly at: number;
};
export type Records = {
  readonly sent: readonly Sent[];
  readonly approvals: readonly Approval[];
  readonly spent: number;
};

/** At each message, how many went to its number in the window that ends with it. */
export function expectTurnsKept({ sent }: Records): void {
  for (const { at, number, hasTicket } of sent) {
    const rows: readonly SendLimit[] = hasTicket
      ? LIMITS.sendsPerNumberWithTicket
      : LIMITS.sendsPerNumber;
    for (const { max, windowSeconds } of rows) {
      const inWindow = sent.filter(
        (other) =>
          other.number === number && other.at <= at && other.at > at - windowSeconds * SECOND,
      );
      expect(inWindow.length).toBeLessThanOrEqual(max);
    }
  }
}

type Counted = {
  readonly number: string;
  readonly country: "GB" | "JE";
  readonly client: string | undefined;
};

/** What a message is booked on, in names of our own. */
function scopesOf({ number, country, client }: Counted): readonly (readonly [ScopeKind, string])[] {
  return [
    ...clientScopes(client).map(({ kind, address }) => [kind, address] as const),
    ["range", number.slice(0, -4)],
    country === "GB" ? ["home-country", "GB"] : ["country", country],
    ["service", "all"],
  ];
}

const DECREMENT: Readonly<Record<ScopeKind, number>> = {
  ipv4: LIMITS.decrementPerApproval,
  "ipv6-64": LIMITS.decrementPerApproval,
  "ipv6-48": LIMITS.decrementPerApproval,
  "client-unknown": LIMITS.decrementPerApproval,
  range: LIMITS.decrementPerApproval,
  country: LIMITS.decrementPerSharedApproval,
  "home-country": LIMITS.decrementPerSharedApproval,
  service: LIMITS.decrementPerSharedApproval,
};

/** One change of what the windows of a scope owe. */
type Change = {
  readonly at: number;
  readonly by: (kind: ScopeKind) => number;
  /** By which it is booked, and in the windows of which moment. */
  readonly counted: Counted & { readonly at: number };
  /** Whether a limit must hold after it. */
  readonly isStrangers: boolean;
};

const windowOf = (kind: ScopeKind, name: string, at: number) =>
  `${kind} ${name} ${Math.floor(at / (SCOPES.limits[kind].windowSeconds * SECOND))}`;

/** Of one moment, approvals first: they can only leave more room. */
function changesIn({ sent, approvals }: Records): readonly Change[] {
  const paid = approvals.map(({ at, startedAt, startClient, ...approval }) => ({
    at,
    by: (kind: ScopeKind) => -DECREMENT[kind],
    counted: { ...approval, client: startClient, at: startedAt },
    isStrangers: false,
  }));
  const unverifiedIn = sent.map((message) => ({
    at: message.at,
    by: () => 1,
    counted: message,
    isStrangers: !message.hasTicket,
  }));
  return [...paid, ...unverifiedIn].toSorted((one, other) => one.at - other.at);
}

/** At each message of a stranger, what each of its windows owes for messages alone: never more than the limit. */
export function expectLimitsKept(records: Records): void {
  const counts = new Map<string, number>();
  for (const { by, counted, isStrangers } of changesIn(records)) {
    for (const [kind, name] of scopesOf(counted)) {
      const key = windowOf(kind, name, counted.at);
      const { max } = SCOPES.limits[kind];
      const change = by(kind);
      const unverifiedIn = counts.get(key) ?? 0;
      // A window that was paid one limit ahead is paid no further.
      const unverified =
        change > 0 ? unverifiedIn + change : Math.max(unverifiedIn + change, change + 1 - max);
      counts.set(key, unverified);
      if (isStrangers) expect(unverified).toBeLessThanOrEqual(max);
    }
  }
}

/** The money of each hour and day, and of each country in it: below its cap, and below the strangers' share of it when a stranger spent. */
export function expectCapsKept({ sent, spent }: Records): void {
  const totals = new Map<string, number>();
  for (const { at, country, hasTicket } of sent) {
    const price = SPEND.prices[country]?.sms ?? 0;
    const ofCountry = SPEND.countries[country] ?? SPEND.total;
    const counters = [
      [`hour ${Math.floor(at / HOUR)}`, SPEND.total.perHourMicros],
      [`day ${Math.floor(at / DAY)}`, SPEND.total.perDayMicros],
      [`hour ${Math.floor(at / HOUR)} ${country}`, ofCountry.perHourMicros],
      [`day ${Math.floor(at / DAY)} ${country}`, ofCountry.perDayMicros],
    ] as const;
    for (const [key, cap] of counters) {
      const total = (totals.get(key) ?? 0) + price;
      totals.set(key, total);
      expect(total).toBeLessThanOrEqual(hasTicket ? cap : cap * (1 - SPEND.keptForTickets));
    }
  }
  const paid = sent.reduce((sum, { country }) => sum + (SPEND.prices[country]?.sms ?? 0), 0);
  expect(spent).toBe(paid);
}
