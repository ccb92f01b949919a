import type { Phone, Ticket } from "../../functions/verification/identifiers.ts";
import { drawNumber, ipv4, ipv6, type NumberPlan } from "./numbers.ts";
import { type Attacked, PEOPLE_SOLVE, type SendEnd, type SentMessage } from "./system.ts";

/** The habits of honest people, each with where it is from or why it is so. */
const HABITS = {
  /** A message arrives after some seconds, … */
  deliverySeconds: { least: 2, mean: 6 },
  /** … or never: full boxes, dead spots, filters. */
  lostShare: 0.03,
  /** From the buzz of the phone to the sixth digit. */
  typingSeconds: { least: 5, most: 25 },
  /** One digit wrong, noticed and typed again. */
  mistypingShare: 0.08,
  /** Gone to do something else, whatever arrives. */
  leavingShare: 0.08,
  /** Without a message they ask for another after this long, twice at most. */
  patienceSeconds: { least: 35, most: 60 },
  resends: 2,
  /** Who is refused tries once more. */
  retrySeconds: 60,
  /** So long ago they have first proven their number, on average; a ticket lasts a quarter of a year. */
  ticketDays: { mean: 60, most: 89 },
  /** The rest are behind an IPv4 address of their own. */
  ipv6Share: 0.4,
  carrierShare: 0.3,
  /** Carriers share one address among thousands. */
  carrierAddresses: 40,
} as const;

const SECOND = 1_000;
const MOST_PER_MINUTE = 60;
const DAY = 86_400 * SECOND;

/** Who comes, and when. */
export type Crowd = {
  /** How many people a minute, at some minute of the run. */
  readonly perMinute: (minute: number) => number;
  /** More than ever come; 60 if left out. */
  readonly mostPerMinute?: number;
  /** How many of them hold a returning ticket. */
  readonly ticketShare: number;
  /** How many come by a back end that knows their numbers, and hold none. */
  readonly knownShare: number;
  /** Where their numbers are, with how many of them. The rest of the country is everywhere else. */
  readonly numbers: readonly {
    readonly plan: NumberPlan;
    readonly share: number;
    readonly place: Place;
  }[];
  /** All behind this one address. */
  readonly address?: string;
  /** No message arrives between these minutes. */
  readonly outage?: { readonly from: number; readonly to: number };
};

/** The place of a person's number, as an attack sees it. */
export type Place = "elsewhere" | "in the range" | "in the country";

/** What became of one person. */
export type Visit = {
  readonly minute: number;
  readonly hasTicket: boolean;
  /** By a back end that knows its number. */
  readonly isKnown: boolean;
  readonly place: Place;
  isServed: boolean;
  isVerified: boolean;
  /** Whether a challenge was shown. */
  isAsked: boolean;
  messages: number;
};

type Person = {
  readonly to: Phone;
  readonly address: string;
  readonly ticket: Ticket | undefined;
  readonly visit: Visit;
};

/** Puts a crowd on the agenda for so many minutes. Gives what becomes of each person, as it becomes known. */
export function invite(system: Attacked, crowd: Crowd, minutes: number): readonly Visit[] {
  const { agenda, random } = system;
  const beginning = agenda.now();
  const visits: Visit[] = [];
  const minuteAt = (moment: number) => (moment - beginning) / (60 * SECOND);

  function next(): void {
    // Thinned from a steady stream of the most that ever come, as rates change.
    const most = crowd.mostPerMinute ?? MOST_PER_MINUTE;
    const moment = agenda.now() + random.exponential((60 * SECOND) / most);
    if (minuteAt(moment) >= minutes) return;
    agenda.at(moment, async () => {
      next();
      if (random.chance(crowd.perMinute(minuteAt(moment)) / most)) await come();
    });
  }

  async function come(): Promise<void> {
    const { plan, place } = drawPlace(system, crowd);
    const lot = random.between(0, 1);
    const hasTicket = lot < crowd.ticketShare;
    const isKnown = !hasTicket && lot < crowd.ticketShare + crowd.knownShare;
    const to = drawNumber(plan, random);
    const visit = {
      minute: minuteAt(agenda.now()),
      hasTicket,
      isKnown,
      place,
      isServed: false,
      isVerified: false,
      isAsked: false,
      messages: 0,
    };
    visits.push(visit);
    const ticket = hasTicket ? await system.ticketFor(to, ticketDays(system) * DAY) : undefined;
    const person = { to, address: crowd.address ?? drawAddress(system), ticket, visit };
    await signIn(system, person, isLostAt);
  }

  function isLostAt(): boolean {
    const { from, to } = crowd.outage ?? { from: 0, to: 0 };
    const minute = minuteAt(agenda.now());
    return (minute >= from && minute < to) || random.chance(HABITS.lostShare);
  }

  next();
  return visits;
}

function ticketDays({ random }: Attacked): number {
  const { mean, most } = HABITS.ticketDays;
  return Math.min(most, random.exponential(mean));
}

function drawPlace({ random }: Attacked, { numbers }: Crowd): Crowd["numbers"][number] {
  let left = random.between(0, 1);
  for (const place of numbers) {
    if (left < place.share) return place;
    left -= place.share;
  }
  const [first] = numbers;
  if (first === undefined) throw new Error("a crowd has numbers");
  return first;
}

function drawAddress({ random }: Attacked): string {
  if (random.chance(HABITS.carrierShare))
    return ipv4(1_000_000 + random.integer(HABITS.carrierAddresses));
  if (random.chance(HABITS.ipv6Share / (1 - HABITS.carrierShare)))
    return ipv6(20_000 + random.integer(30_000), random.integer(4));
  return ipv4(2_000_000 + random.integer(100_000));
}

type IsLost = () => boolean;

async function signIn(system: Attacked, person: Person, isLost: IsLost): Promise<void> {
  const end = await ask(system, person);
  if (end.kind === "sent") return receive(system, person, end.message, isLost, HABITS.resends);
  if (end.refusal.why === "challenge-required") return;
  system.agenda.at(system.agenda.now() + HABITS.retrySeconds * SECOND, async () => {
    const again = await ask(system, person);
    if (again.kind === "sent") receive(system, person, again.message, isLost, HABITS.resends);
  });
}

/** Asks, and solves the challenge where one is shown. */
async function ask(system: Attacked, { to, address, ticket, visit }: Person): Promise<SendEnd> {
  const asking = { to, address, ticket, knownNumber: visit.isKnown };
  const end = await system.start(asking);
  const isAsked = end.kind === "refused" && end.refusal.why === "challenge-required";
  visit.isAsked ||= isAsked;
  return isAsked ? system.start({ ...asking, solvingShare: PEOPLE_SOLVE }) : end;
}

/** The behaviour of a person who was sent a code: waits for it, types it, asks for another, or leaves. */
function receive(
  system: Attacked,
  person: Person,
  message: SentMessage,
  isLost: IsLost,
  resends: number,
): void {
  const { agenda, random } = system;
  const { visit } = person;
  visit.isServed = true;
  visit.messages += 1;
  if (random.chance(HABITS.leavingShare)) return;
  const { deliverySeconds, typingSeconds, patienceSeconds } = HABITS;
  if (!isLost()) {
    const seconds =
      deliverySeconds.least +
      random.exponential(deliverySeconds.mean - deliverySeconds.least) +
      random.between(typingSeconds.least, typingSeconds.most);
    agenda.at(agenda.now() + seconds * SECOND, () => type(system, person, message));
    return;
  }
  if (resends === 0) return;
  const seconds = random.between(patienceSeconds.least, patienceSeconds.most);
  const moment = Math.max(agenda.now() + seconds * SECOND, message.resendAt);
  agenda.at(moment, async () => {
    const again = await system.resend(message.id, person.address);
    if (again.kind === "sent") receive(system, person, again.message, isLost, resends - 1);
  });
}

async function type(system: Attacked, { address, visit }: Person, { id, code }: SentMessage) {
  if (system.random.chance(HABITS.mistypingShare)) {
    const slip = String((Number(code) + 10) % 10 ** code.length).padStart(code.length, "0");
    await system.check(id, slip, address);
  }
  visit.isVerified ||= (await system.check(id, code, address)).isApproved;
}
