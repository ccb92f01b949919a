import type { Country } from "../../functions/policy/destinations.ts";
import type { Channel } from "../../functions/verification/verification.ts";
import { drawNumber, ipv4, ipv6, type NumberPlan } from "./numbers.ts";
import type { SentMessage, System } from "./system.ts";

/** Somebody who wants to spend our money, to guess codes, or to keep others out. */
export type Attack = {
  /** When it begins, in minutes of the run. */
  readonly from: number;
  /** How many starts it tries, … */
  readonly tries: number;
  /** … and how fast. */
  readonly pace: Pace;
  readonly addresses: Addresses;
  readonly numbers: NumberPlan;
  /** Theirs, if it is not the home country. */
  readonly country?: Country;
  readonly channel?: Channel;
  /** Codes tried on each verification that was started. */
  readonly guesses: number;
  /** The share of its numbers whose messages it can read, and proves. */
  readonly provenShare?: number;
};

/** So many a minute, or in bursts around the ends of windows of this length. */
type Pace =
  | { readonly perMinute: number }
  | { readonly perEdge: number; readonly windowMinutes: number };

/** A botnet, each address as likely as any; or a customer with a /48 of his own, who takes a fresh /64 for each start. */
type Addresses =
  | { readonly kind: "ipv4"; readonly count: number }
  | { readonly kind: "ipv6"; readonly sites: number };

/** What an attack has come to. */
export type Loot = {
  tries: number;
  messages: number;
  micros: number;
  guesses: number;
  guessed: number;
  /** Minutes from the beginning of the attack to the first start that was refused. */
  firstRefusal: number | undefined;
};

const MINUTE_MS = 60_000;
/** A script types fast. */
const GUESS_SECONDS = 2;

/** Puts an attack on the agenda. Gives what it comes to, as it does. */
export function mount(system: System, attack: Attack): Loot {
  const { agenda } = system;
  const loot: Loot = {
    tries: 0,
    messages: 0,
    micros: 0,
    guesses: 0,
    guessed: 0,
    firstRefusal: undefined,
  };
  const beginning = agenda.now() + attack.from * MINUTE_MS;
  const momentOf = momentsOf(attack.pace, beginning);
  function next(index: number): void {
    if (index === attack.tries) return;
    agenda.at(momentOf(index), async () => {
      next(index + 1);
      await tryOne(system, attack, { loot, index, beginning });
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

async function tryOne(
  system: System,
  attack: Attack,
  {
    loot,
    index,
    beginning,
  }: { readonly loot: Loot; readonly index: number; readonly beginning: number },
): Promise<void> {
  const address = addressOf(system, attack.addresses, index);
  const { channel } = attack;
  const end = await system.start({
    to: drawNumber(attack.numbers, system.random),
    address,
    ...(channel === undefined ? {} : { channel }),
  });
  loot.tries += 1;
  if (end.kind === "refused") {
    loot.firstRefusal ??= (system.agenda.now() - beginning) / MINUTE_MS;
    return;
  }
  loot.messages += 1;
  loot.micros += end.message.priceMicros;
  if (system.random.chance(attack.provenShare ?? 0))
    await system.check(end.message.id, end.message.code, address);
  else guess(system, loot, { message: end.message, address, left: attack.guesses });
}

function addressOf({ random }: System, addresses: Addresses, index: number): string {
  return addresses.kind === "ipv4"
    ? ipv4(random.integer(addresses.count))
    : ipv6(index % addresses.sites, index);
}

type Guessing = {
  readonly message: SentMessage;
  readonly address: string;
  readonly left: number;
};

function guess(system: System, loot: Loot, { message, address, left }: Guessing): void {
  if (left === 0) return;
  const { agenda, random } = system;
  agenda.at(agenda.now() + GUESS_SECONDS * 1_000, async () => {
    const code = String(random.integer(10 ** message.code.length));
    loot.guesses += 1;
    if (await system.check(message.id, code.padStart(message.code.length, "0"), address))
      loot.guessed += 1;
    guess(system, loot, { message, address, left: left - 1 });
  });
}
