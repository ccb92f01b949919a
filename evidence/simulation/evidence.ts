import { type Line, markdownTable, TARGETS } from "./table.ts";

/** The page of docs/evidence, all of it: nobody writes there by hand. */
export function evidence(
  lines: readonly Line[],
  { seed, now }: { readonly seed: number; readonly now: Date },
): string {
  return `# Simulated traffic

Written on ${now.toISOString().slice(0, 10)} by \`npm run simulate -- --write\`, seed ${seed}. The real domain (start, resend, check) over the stores in memory, under the terms of the stage \`prod\` (latchkey.config.ts, functions/policy/limits.ts), with a fake clock. Every attack runs in the busiest hours of a service with 2,000 sign-ins a day, five people a minute, half of them with a returning ticket.

${markdownTable(lines)}

How to read it:

- **challenge**: without one, as the stage comes; and with one that is shown under pressure, which attackers cannot solve and 98 in 100 people do.
- **sent**, **lost**: messages to whom the attacker chose, and what they cost; **of cap** is the most that the stage would have spent on everybody in the hours of the attack.
- **codes**: guessed; **expected** is the guesses times 10^-6, which is what they are worth.
- **refused**, **alarm**: minutes from the beginning of the attack to the first start that was refused, and to the first alarm of infra/alarm-rows.ts. Bands that CloudWatch learns are left out.
- **ticket**, **no ticket**: of honest people who came in the minutes of the attack and whose numbers are not attacked, those who were sent a code, at once or when they tried again after a minute. The targets are ${100 * TARGETS.withTicket} % and ${100 * TARGETS.withoutTicket} %. Behind **attacked** are the few people in the attacked range or country, or whose own number is besieged, who wait up to half an hour.

What misses its target, and why:

- Where numbers are attacked all over the home country, (e), (h) and (k), an attacker's start looks like the first start of a stranger. No limit can tell them apart; it can only say how many are let in. People with a ticket are let in all the same, and a challenge tells the others apart.
- (k) with a challenge under pressure: each hour lets some 80 messages of the attacker through before it asks, and by the evening they and people's own have used up the day's cap for strangers. The first alarm comes in its third minute; a challenge that is always shown, \`when: "always"\`, then stops it.
- (j): whoever can read messages and proves enough of them owes little, on purpose. Only the caps of spend hold him, and a challenge that is always shown.
- (f): without a ticket, somebody whose seven turns a stranger burns each day is locked out for as long as that goes on. With one he waits minutes.
`;
}
