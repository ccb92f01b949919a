import { spendTermsOf } from "../../infra/sending-terms.ts";
import { agendaFrom } from "./agenda.ts";
import { mostContacts, mount } from "./attack.ts";
import { invite, type Place } from "./people.ts";
import type { Scenario } from "./scenarios.ts";
import { seeded } from "./seeded.ts";
import { besiege } from "./siege.ts";
import { aSystem } from "./system.ts";

/** The outcome of a scenario. */
export type Report = Awaited<ReturnType<typeof simulate>>;

type Who = { readonly hasTicket: boolean; readonly isKnown?: boolean };

export type Share = { readonly of: number; readonly served: number };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MICROS = 1_000_000;
/** A day without meaning. */
const MIDNIGHT = Date.UTC(2027, 0, 13);

export async function simulate(scenario: Scenario, seed: number) {
  const beginning = MIDNIGHT + scenario.hour * HOUR_MS;
  const agenda = agendaFrom(beginning);
  const isSlow = scenario.siege?.holds !== undefined;
  const system = aSystem({ stage: scenario.stage, agenda, random: seeded(seed), isSlow });
  const all = invite(system, scenario.crowd, scenario.minutes);
  const { attack, siege } = scenario;
  const loot = attack && mount(system, attack);
  const works = siege && besiege(system, siege);
  await agenda.run();
  const from = attack?.from ?? 0;
  const visits = all.filter(({ minute }) => minute >= from);
  const taken = loot ?? works;
  const alarms = system.metrics.alarms(from, taken === undefined);
  return {
    scenario,
    tries: taken?.tries ?? 0,
    /** Messages to whom the attacker chose. */
    messages: taken?.messages ?? 0,
    dollars: (taken?.micros ?? 0) / MICROS,
    /** The most that the stage would have spent in all, or on the attacked country, in those hours. */
    capDollars: capOver(scenario, beginning + from * 60_000),
    guesses: taken?.guesses ?? 0,
    guessed: taken?.guessed ?? 0,
    /** Challenges that it had solved. */
    challenges: taken?.challenges ?? 0,
    /** The most that one number was called and written to in ten minutes. */
    mostContacts: mostContacts(taken),
    firstRefusal: taken?.firstRefusal,
    firstAlarm: alarms[0],
    alarms,
    visits,
    served({ hasTicket, isKnown = false, place }: Who & { readonly place: Place }): Share {
      const group = visits.filter(
        (visit) =>
          visit.hasTicket === hasTicket && visit.isKnown === isKnown && visit.place === place,
      );
      return { of: group.length, served: group.filter(({ isServed }) => isServed).length };
    },
    attacked({ hasTicket }: Who) {
      const sorties = (works?.sorties ?? []).filter((sortie) => sortie.hasTicket === hasTicket);
      const waits = sorties.flatMap(({ waitedMinutes }) => waitedMinutes ?? []);
      return { of: sorties.length, served: waits.length, longest: Math.max(0, ...waits) };
    },
    logged: system.logged,
  };
}

/** Hours and days as the clock has them. */
function capOver({ stage, minutes, hour, attack }: Scenario, from: number): number {
  const end = MIDNIGHT + hour * HOUR_MS + minutes * 60_000;
  const touched = (step: number) => Math.floor((end - 1) / step) - Math.floor(from / step) + 1;
  const { total, countries } = spendTermsOf(stage);
  const { perHourMicros, perDayMicros } = (attack?.country && countries[attack.country]) ?? total;
  const micros = Math.min(touched(HOUR_MS) * perHourMicros, touched(DAY_MS) * perDayMicros);
  return micros / MICROS;
}
