import type { Country } from "../../functions/policy/destinations.ts";
import type { Phone, Ticket } from "../../functions/verification/identifiers.ts";
import type { Channel } from "../../functions/verification/verification.ts";
import { drawNumber, ipv4, ipv6, type NumberPlan, UK_MOBILES } from "./numbers.ts";
import type { Asking, Attacked, SendEnd, SentMessage } from "./system.ts";

/** An attacker, who wants to spend our money, to guess codes, or to keep others out. */
export type Attack = {
  /** When it begins, in minutes of the run. */
  readonly from: number;
  /** How many starts it tries, … */
  readonly tries: number;
  /** … and how fast. */
  readonly pace: Pace;
  readonly addresses: Addresses;
  /** The numbers of others that it starts for; each second try is one of its own where it has both. */
  readonly numbers?: NumberPlan;
  /** Only so many of them, again and again. */
  readonly among?: number;
  /** Numbers of its own, one after the other. It reads their messages, proves them and comes again with their tickets. */
  readonly owned?: Owned;
  /** Theirs, if it is not the home country. */
  readonly country?: Country;
  readonly channel?: Channel;
  /** Codes tried on each verification that was started. */
  readonly guesses: number;
  /** The share of the numbers of others whose messages it can read, and proves. */
  readonly provenShare?: number;
  /** The share of the challenges that it passes of those that it has solved for money. None if left out. */
  readonly solvingShare?: number;
  /** Each call is answered and hung up, and an SMS asked for at once. */
  readonly hangsUp?: boolean;
  /** With the credential of a back end, which declares each number as known. */
  readonly knownNumber?: boolean;
};

type Owned = {
  readonly count: number;
  /** How old their first tickets are; it has none yet if left out. */
  readonly ticketDays?: number;
};

/** So many a minute, or in bursts around the ends of windows of this length. */
type Pace =
  | { readonly perMinute: number }
  | { readonly perEdge: number; readonly windowMinutes: number };

/** A botnet, each address as likely as any; or a customer with a /48, who uses a new /64 for each start. */
type Addresses =
  | { readonly kind: "ipv4"; readonly count: number }
  | { readonly kind: "ipv6"; readonly sites: number };

/** What an attack has come to. */
export type Loot = ReturnType<typeof nothingYet>;

export function nothingYet() {
  /** Minutes from the beginning of the attack to the first start that was refused. */
  const firstRefusal: { firstRefusal?: number } = {};
  return {
    ...firstRefusal,
    tries: 0,
    messages: 0,
    micros: 0,
    guesses: 0,
    guessed: 0,
    /** Challenges that were solved for money, well or badly. */
    challenges: 0,
    /** When each number was called or written to. */
    contacts: new Map<Phone, number[]>(),
  };
}

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
/** A script types fast. */
const GUESS_SECONDS = 2;

type OwnNumber = { readonly to: Phone; ticket: Ticket | undefined };

/** Puts an attack on the agenda. Gives what it comes to, as it does. */
export function mount(system: Attacked, attack: Attack): Loot {
  const { agenda } = system;
  const loot = nothingYet();
  const beginning = agenda.now() + attack.from * MINUTE_MS;
  const momentOf = momentsOf(attack.pace, beginning);
  const own: OwnNumber[] = [];
  const others: Phone[] = [];
  function next(index: number): void {
    if (index === attack.tries) return;
    agenda.at(momentOf(index), async () => {
      next(index + 1);
      await tryOne(system, attack, { loot, own, others, index, beginning });
    });
  }
  next(0);
  return loot;
}

function momentsOf(pace: Pace, beginning: number): (index: number) => number {
  if ("perMinute" in pace) return (index) => beginning + (index / pace.perMinute) * MINUTE_MS;
  const { perEdge, windowMinutes } = pace;
  const window = windowMinutes * MINUTE_MS;
  const firstEdge = Math.ceil(beginning / window) * window;
  // Half of a burst comes in the last second of a window, and half in the first of the next.
  return (index) =>
    firstEdge + Math.floor(index / perEdge) * window + ((index % perEdge) / perEdge - 0.5) * 2_000;
}

type Try = {
  readonly loot: Loot;
  readonly own: OwnNumber[];
  readonly others: Phone[];
  readonly index: number;
  readonly beginning: number;
};

async function tryOne(system: Attacked, attack: Attack, each: Try): Promise<void> {
  const { loot, index, beginning } = each;
  const address = addressOf(system, attack.addresses, index);
  const mine = await ownNumber(system, attack, each);
  const { channel = "sms", knownNumber = false, solvingShare = 0 } = attack;
  const to = mine?.to ?? numberOfOthers(system, attack, each);
  const asking = { to, address, channel, knownNumber, ticket: mine?.ticket };
  const end = await startSolving(system, loot, asking, solvingShare);
  loot.tries += 1;
  if (end.kind === "refused") {
    loot.firstRefusal ??= (system.agenda.now() - beginning) / MINUTE_MS;
    return;
  }
  reached(system, loot, to, end.message);
  const { id, code } = end.message;
  if (attack.hangsUp === true) hangUp(system, loot, { to, id, address });
  // The oldest ticket is worth the most, and is good as often as any.
  if (mine !== undefined) {
    const { ticket } = await system.check(id, code, address);
    mine.ticket ??= ticket;
  } else if (system.random.chance(attack.provenShare ?? 0)) await system.check(id, code, address);
  else guess(system, loot, { message: end.message, address, left: attack.guesses });
}

function reached(
  { agenda }: Pick<Attacked, "agenda">,
  loot: Loot,
  to: Phone,
  { priceMicros }: SentMessage,
): void {
  loot.messages += 1;
  loot.micros += priceMicros;
  loot.contacts.set(to, [...(loot.contacts.get(to) ?? []), agenda.now()]);
}

/** A call lasts so long. */
const HEARD_SECONDS = 8;

function hangUp(
  system: Attacked,
  loot: Loot,
  { to, id, address }: Pick<Asking, "address"> & Pick<SentMessage, "id"> & { readonly to: Phone },
): void {
  const { agenda } = system;
  agenda.at(agenda.now() + HEARD_SECONDS * 1_000, async () => {
    await system.hangUp?.(id);
    const end = await system.resend(id, address, "sms");
    if (end.kind === "sent") reached(system, loot, to, end.message);
  });
}

/** The most that one number was called and written to in ten minutes. */
export function mostContacts(loot: Pick<Loot, "contacts"> | undefined): number {
  const most = [...(loot?.contacts.values() ?? [])].map((times) =>
    Math.max(
      ...times.map((at) => times.filter((one) => one > at - TEN_MINUTES && one <= at).length),
    ),
  );
  return Math.max(0, ...most);
}
const TEN_MINUTES = 10 * MINUTE_MS;

/** Asks, and has the challenge solved where one is shown and it knows how. */
async function startSolving(
  system: Attacked,
  loot: Pick<Loot, "challenges">,
  asking: Asking,
  solvingShare: number,
): Promise<SendEnd> {
  const end = await system.start(asking);
  const isAsked = end.kind === "refused" && end.refusal.why === "challenge-required";
  if (!isAsked || solvingShare === 0) return end;
  loot.challenges += 1;
  return system.start({ ...asking, solvingShare });
}

async function ownNumber(
  system: Attacked,
  { owned, numbers }: Attack,
  { own, index }: Try,
): Promise<OwnNumber | undefined> {
  if (owned === undefined || (numbers !== undefined && index % 2 === 1)) return undefined;
  const place = (numbers === undefined ? index : index / 2) % owned.count;
  const known = own[place];
  if (known !== undefined) return known;
  const to = drawNumber(UK_MOBILES, system.random);
  const ticket =
    owned.ticketDays === undefined
      ? undefined
      : await system.ticketFor(to, owned.ticketDays * DAY_MS);
  const mine = { to, ticket };
  own[place] = mine;
  return mine;
}

function numberOfOthers({ random }: Attacked, attack: Attack, { others }: Try): Phone {
  const { numbers = UK_MOBILES, among } = attack;
  const known = among === undefined ? undefined : others[random.integer(among)];
  if (known !== undefined) return known;
  const drawn = drawNumber(numbers, random);
  if (among !== undefined) others.push(drawn);
  return drawn;
}

function addressOf({ random }: Attacked, addresses: Addresses, index: number): string {
  return addresses.kind === "ipv4"
    ? ipv4(random.integer(addresses.count))
    : ipv6(index % addresses.sites, index);
}

type Guessing = { readonly message: SentMessage; readonly address: string; readonly left: number };

function guess(system: Attacked, loot: Loot, { message, address, left }: Guessing): void {
  if (left === 0) return;
  const { agenda } = system;
  agenda.at(agenda.now() + GUESS_SECONDS * 1_000, async () => {
    await guessOnce(system, loot, message, address);
    guess(system, loot, { message, address, left: left - 1 });
  });
}

export async function guessOnce(
  { random, check }: Attacked,
  loot: Loot,
  { id, code }: SentMessage,
  address: string,
): Promise<void> {
  loot.guesses += 1;
  const typed = String(random.integer(10 ** code.length)).padStart(code.length, "0");
  if ((await check(id, typed, address)).isApproved) loot.guessed += 1;
}
