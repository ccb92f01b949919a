import { markdownTable } from "../tools/page.ts";
import type { FirstAlarm } from "./alarms.ts";
import { SCENARIOS, type Scenario, scenarioNamed, withVolume } from "./scenarios.ts";
import { simulate } from "./simulate.ts";

/** A situation, and the alarms that mail in it; minutes count from the first request of the attacker. */
export type Ringing = {
  readonly title: string;
  readonly isAttack: boolean;
  readonly alarms: readonly FirstAlarm[];
};

const SEED = 7;
/** A company with five sign-ins a day, and the day on which a hundred times as many come. */
const FEW = 5;
const LAUNCH = 100 * FEW;
/** An hour of each attack: what mails later than that comes too late. A flood fills its limits at once, so less of it shows as much. */
const WATCHED_MINUTES = { attack: 60, flood: 6 } as const;
/** So many starts a minute are a flood. */
const FLOOD_PER_MINUTE = 100;
const WATCHED_WORDS = `The first ${WATCHED_MINUTES.attack} minutes of an attack are played, and the first ${WATCHED_MINUTES.flood} of a flood (${FLOOD_PER_MINUTE} starts a minute or more). An alarm that was on when the attack began has "before".`;
/** Strangers besiege from eight in the morning. */
const SIEGE_FROM = 480;
const VOLUMES = [
  [FEW, "a day with five sign-ins"],
  [LAUNCH, "launch day: a hundred times the sign-ins of yesterday"],
] as const;

/** Every situation on the production stage, as it is shipped. */
export async function ringings(progress: (title: string) => void): Promise<readonly Ringing[]> {
  const all: Ringing[] = [];
  for (const scenario of situations()) {
    const { title, attack, siege } = scenario;
    progress(title);
    const { alarms } = await simulate(scenario, SEED);
    const from = siege === undefined ? 0 : SIEGE_FROM;
    all.push({
      title,
      isAttack: attack !== undefined || siege !== undefined,
      alarms: alarms.map(({ name, minute }) => ({ name, minute: minute - from })),
    });
  }
  return all;
}

function situations(): readonly Scenario[] {
  const day = scenarioNamed("ordinary-day");
  return [
    ...VOLUMES.map(([signIns, title]) => ({
      ...withVolume(day, signIns),
      stage: day.stage,
      title,
    })),
    ...SCENARIOS.filter(({ name }) => name !== "outage").map(beginningOf),
  ];
}

function beginningOf(scenario: Scenario): Scenario {
  const { attack, siege, minutes } = scenario;
  const { perMinute = 0 } = siege?.holds ?? Object(attack?.pace);
  const watched = WATCHED_MINUTES[perMinute < FLOOD_PER_MINUTE ? "attack" : "flood"];
  if (siege !== undefined) {
    const end = SIEGE_FROM + watched;
    return { ...scenario, minutes: end, siege: { ...siege, days: end / 1_440 } };
  }
  if (attack === undefined) return scenario;
  const end = Math.min(minutes, attack.from + watched);
  const tries = "perMinute" in attack.pace ? attack.pace.perMinute * watched : attack.tries;
  return { ...scenario, minutes: end, attack: { ...attack, tries: Math.min(attack.tries, tries) } };
}

/** The part of docs/operate/alarms.md between its marks. */
function ringingTable(all: readonly Ringing[]): string {
  const names = ["situation", "first mail", "minutes", "later"];
  const columns = names.map((name) => ({ name, isFigure: name === "minutes" }));
  const rows = all.map(({ title, alarms }) => {
    // An alarm may already be on when an attack begins under another one.
    const at = (minute: number) => (minute < 0 ? "before" : String(minute));
    const [first, ...later] = alarms.map(({ name, minute }) => ({ name, at: at(minute) }));
    const others = later.map((alarm) => `${alarm.name} (${alarm.at})`).join(", ");
    return [title, first?.name ?? "none", first?.at ?? "", others];
  });
  return markdownTable(columns, rows);
}

const [START, END] = ["<!-- rings -->", "<!-- /rings -->"] as const;

/** The page with these situations in their place, and how much of them is played. */
export function withRingings(page: string, all: readonly Ringing[]): string {
  const [before, rest] = page.split(START);
  const [, after] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined) throw new Error(`the page has no ${START}`);
  return `${before}${START}\n${WATCHED_WORDS}\n\n${ringingTable(all)}\n${END}${after}`;
}
