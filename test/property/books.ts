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
    ipv4: { ...ROW, floor: 4, windowSeconds: 600 },
    "ipv6-64": { ...ROW, floor: 3, windowSeconds: 600 },
    "ipv6-48": { ...ROW, floor: 5, windowSeconds: 600 },
    "client-unknown": { ...ROW, floor: 2, windowSeconds: 600 },
    range: { ...ROW, floor: 4 },
    country: { ...ROW, floor: 3 },
    "home-country": { ...ROW, floor: 4 },
    service: { ...ROW, floor: 5 },
  },
  homeCountry: "GB",
  shards: 1,
};

export const CENT = 10_000;
export const SPEND: SpendTerms = {
  total: { perHourMicros: 60 * CENT, perDayMicros: 150 * CENT },
  countries: { JE: { perHourMicros: 25 * CENT, perDayMicros: 60 * CENT } },
  keptForTickets: 0.3,
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
export type Books = {
  readonly sent: readonly Sent[];
  readonly approvals: readonly Approval[];
  readonly spent: number;
};

/** At each message, how many went to its number in the window that ends with it. */
export function expectTurnsKept({ sent }: Books): void {
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

type Booked = {
  readonly number: string;
  readonly country: "GB" | "JE";
  readonly client: string | undefined;
};

/** What a message is booked on, in names of our own. */
function scopesOf({ number, country, client }: Booked): readonly (readonly [ScopeKind, string])[] {
  return [
    ...clientScopes(client).map(({ kind, address }) => [kind, address] as const),
    ["range", number.slice(0, -4)],
    country === "GB" ? ["home-country", "GB"] : ["country", country],
    ["service", "all"],
  ];
}

const CREDIT: Readonly<Record<ScopeKind, number>> = {
  ipv4: LIMITS.creditPerApproval,
  "ipv6-64": LIMITS.creditPerApproval,
  "ipv6-48": LIMITS.creditPerApproval,
  "client-unknown": LIMITS.creditPerApproval,
  range: LIMITS.creditPerApproval,
  country: LIMITS.creditPerApprovalOfMany,
  "home-country": LIMITS.creditPerApprovalOfMany,
  service: LIMITS.creditPerApprovalOfMany,
};

/** One change of what the windows of a scope owe. */
type Change = {
  readonly at: number;
  readonly by: (kind: ScopeKind) => number;
  /** By which it is booked, and in the windows of which moment. */
  readonly booked: Booked & { readonly at: number };
  /** Whether a floor must hold after it. */
  readonly isStrangers: boolean;
};

const windowOf = (kind: ScopeKind, name: string, at: number) =>
  `${kind} ${name} ${Math.floor(at / (SCOPES.limits[kind].windowSeconds * SECOND))}`;

/** Of one moment, approvals first: they can only leave more room. */
function changesIn({ sent, approvals }: Books): readonly Change[] {
  const paid = approvals.map(({ at, startedAt, startClient, ...approval }) => ({
    at,
    by: (kind: ScopeKind) => -CREDIT[kind],
    booked: { ...approval, client: startClient, at: startedAt },
    isStrangers: false,
  }));
  const owed = sent.map((message) => ({
    at: message.at,
    by: () => 1,
    booked: message,
    isStrangers: !message.hasTicket,
  }));
  return [...paid, ...owed].toSorted((one, other) => one.at - other.at);
}

/** At each message of a stranger, what each of its windows owes for messages alone: never more than the floor. */
export function expectFloorsKept(books: Books): void {
  const debts = new Map<string, number>();
  for (const { by, booked, isStrangers } of changesIn(books)) {
    for (const [kind, name] of scopesOf(booked)) {
      const key = windowOf(kind, name, booked.at);
      const { floor } = SCOPES.limits[kind];
      const change = by(kind);
      const owed = debts.get(key) ?? 0;
      // A window that was paid one floor ahead is paid no further.
      const debt = change > 0 ? owed + change : Math.max(owed + change, change + 1 - floor);
      debts.set(key, debt);
      if (isStrangers) expect(debt).toBeLessThanOrEqual(floor);
    }
  }
}

/** The money of each hour and day, and of each country in it: below its cap, and below the strangers' share of it when a stranger spent. */
export function expectCapsKept({ sent, spent }: Books): void {
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
