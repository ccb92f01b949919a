import type { Phone } from "../../functions/verification/identifiers.ts";
import { guessOnce, type Loot, nothingYet } from "./attack.ts";
import { drawNumber, ipv4, UK_MOBILES } from "./numbers.ts";
import { type Attacked, PEOPLE_SOLVE, type SendEnd } from "./system.ts";

/** Strangers who each keep one person from signing in: they take every turn of the number as soon as there is one, and guess at each code. */
export type Siege = {
  /** So many people with a returning ticket, and as many without. */
  readonly owners: number;
  readonly days: number;
  readonly holds?: Holds;
};

/** Starts with tokens that are none, to be asked about and refused while they hold the number: from a minute before its owner comes. */
export type Holds = {
  readonly perMinute: number;
  readonly addresses: number;
  /** How long they go on once the owner has come. */
  readonly minutesAfter: number;
};

/** One sign-in of an attacked person. */
type Sortie = {
  readonly hasTicket: boolean;
  /** Until a code was sent, if one was. */
  waitedMinutes: number | undefined;
};

/** What all of it comes to. */
export type Siegeworks = Loot & { readonly sorties: Sortie[] };

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MINUTES = 1_440;
const TICKET_AGE_MS = 10 * DAY_MINUTES * MINUTE_MS;
const GUESSES = 5;
/** The strangers begin at eight, and the owner comes within the half hour in which they do the most. */
const OWNER_COMES_MINUTES = { least: 8 * 60, most: 8 * 60 + 30 } as const;
/** A person waits as long as the page states, if that is no longer than this. */
const PATIENCE_MINUTES = 30;

export function besiege(system: Attacked, { owners, days, holds }: Siege): Siegeworks {
  const works = { ...nothingYet(), sorties: [] };
  const midnight = system.agenda.now();
  const { least, most } = OWNER_COMES_MINUTES;
  const beginning = midnight + least * MINUTE_MS;
  const end = midnight + days * DAY_MINUTES * MINUTE_MS;
  for (let owner = 0; owner < 2 * owners; owner++) {
    const to = drawNumber(UK_MOBILES, system.random);
    const hasTicket = owner % 2 === 0;
    if (holds === undefined)
      system.agenda.at(beginning, () => takeTurns(system, works, { to, beginning, end }));
    for (let day = 0; day < days; day++) {
      const minute = day * DAY_MINUTES + system.random.between(least, most);
      const comesAt = midnight + minute * MINUTE_MS;
      system.agenda.at(comesAt, () => signIn(system, works, to, hasTicket));
      if (holds !== undefined) holdTurn(system, works, { to, comesAt, end, holds });
    }
  }
  return works;
}

type Target = { readonly to: Phone; readonly beginning: number; readonly end: number };

/** Each time at the very moment that the answer names. */
async function takeTurns(system: Attacked, works: Siegeworks, target: Target): Promise<void> {
  const { agenda, random } = system;
  if (agenda.now() >= target.end) return;
  const address = ipv4(3_000_000 + random.integer(20_000));
  const end = await system.start({ to: target.to, address });
  works.tries += 1;
  if (end.kind === "sent") {
    works.messages += 1;
    works.micros += end.message.priceMicros;
    for (let guess = 0; guess < GUESSES; guess++)
      await guessOnce(system, works, end.message, address);
  } else works.firstRefusal ??= (agenda.now() - target.beginning) / MINUTE_MS;
  agenda.at(againAt(end, agenda.now()), () => takeTurns(system, works, target));
}

type Hold = Omit<Target, "beginning"> & { comesAt: number; holds: Holds };

function holdTurn(
  { agenda, random, start }: Attacked,
  works: Siegeworks,
  { to, comesAt, end, holds }: Hold,
): void {
  const { perMinute, addresses, minutesAfter } = holds;
  const from = comesAt - MINUTE_MS;
  const tries = Math.min(1 + minutesAfter, (end - from) / MINUTE_MS) * perMinute;
  for (let index = 0; index < tries; index++) {
    agenda.at(from + (index / perMinute) * MINUTE_MS, async () => {
      const address = ipv4(5_000_000 + random.integer(addresses));
      const end = await start({ to, address, solvingShare: 0 });
      works.tries += 1;
      if (end.kind === "sent") works.messages += 1;
    });
  }
}

function againAt(end: SendEnd, now: number): number {
  if (end.kind === "sent") return end.message.resendAt;
  const { refusal } = end;
  const retryAt = "retryAt" in refusal ? refusal.retryAt : now;
  return Math.max(retryAt, now + SECOND_MS);
}

/** The owner signs in, and waits as long as an answer demands. */
async function signIn(
  system: Attacked,
  works: Siegeworks,
  to: Phone,
  hasTicket: boolean,
): Promise<void> {
  const { agenda } = system;
  const sortie: Sortie = { hasTicket, waitedMinutes: undefined };
  works.sorties.push(sortie);
  const ticket = hasTicket ? await system.ticketFor(to, TICKET_AGE_MS) : undefined;
  const begunAt = agenda.now();
  async function ask(): Promise<void> {
    const asking = { to, address: ipv4(4_000_000), ticket };
    const first = await system.start(asking);
    const isAsked = first.kind === "refused" && first.refusal.why === "challenge-required";
    const end = isAsked ? await system.start({ ...asking, solvingShare: PEOPLE_SOLVE }) : first;
    if (end.kind === "sent") {
      sortie.waitedMinutes = (agenda.now() - begunAt) / MINUTE_MS;
      const { id, code } = end.message;
      agenda.at(agenda.now() + 20 * SECOND_MS, async () => {
        await system.check(id, code, ipv4(4_000_000));
      });
      return;
    }
    const retryAt = againAt(end, agenda.now());
    if (retryAt - begunAt <= PATIENCE_MINUTES * MINUTE_MS) agenda.at(retryAt, ask);
  }
  await ask();
}
