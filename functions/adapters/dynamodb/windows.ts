import * as v from "valibot";
import type { ScopeDecrement, ScopeOutcome, Unverified } from "../../verification/ports.ts";
import type { Conditions, Item, Table } from "./table.ts";

/** The conditions of each window in a write, whose placeholders are numbered. */
export const WINDOW_CONDITIONS = {
  add: {
    "the window has room": "NOT #counter >= :max",
    "its day has room": "NOT #counter >= :max",
  },
  decrement: {
    "the window is there, and not paid far ahead": "#counter > #minimum",
    "its day is not paid far ahead": "#counter > #minimum",
  },
} as const satisfies Record<string, Conditions>;

export type WindowConditions = { readonly [Name in keyof typeof WINDOW_CONDITIONS]: Conditions };

const FACTS = {
  window: ["the window has room", "the window is there, and not paid far ahead"],
  day: ["its day has room", "its day is not paid far ahead"],
} as const;

/** The attributes of a window: its counter with its minimum, those of its day, and all sends of both. */
export type WindowNames = {
  readonly window: Limited;
  readonly day?: Limited | undefined;
  readonly sends?: { readonly window: string; readonly day: string };
};

type Limited = { readonly counter: string; readonly minimum: string };

export const COUNTER = v.optional(v.number(), 0);

export function held(item: Item | undefined, counter = ""): number {
  return v.parse(COUNTER, item?.[counter]);
}

/** What a write does to one counter. One without a minimum has no limit and no condition. */
type Step = {
  readonly counter: string;
  readonly by: number;
  readonly of?: keyof typeof FACTS;
  readonly minimum?: string;
  readonly max?: number | undefined;
  readonly setTo?: number;
};

/** One unverified send in each window, as the parts of one write. Without a limit it is only counted. */
export function additionOf(
  windows: readonly (readonly [Unverified, WindowNames])[],
  conditions: Conditions,
) {
  const steps = windows.flatMap(([{ max, minimum, day }, names]): readonly Step[] => [
    { ...names.window, by: 1, of: "window", max, setTo: minimum },
    ...(day && names.day
      ? [{ ...names.day, by: 1, of: "day", max: day.max, setTo: day.minimum } as const]
      : []),
    ...(day?.askFromSends === undefined ? [] : sendsOf(names, 1)),
  ]);
  return partsOf(steps, (step, index) =>
    step.max === undefined || step.of === undefined
      ? {}
      : numbered(conditions, FACTS[step.of][0], index),
  );
}

/**
 * Subtracts from every window in one write. Where a counter is at its minimum, or gone, another write subtracts from the others, whose counters
 * may meanwhile be there too: each write leaves out one more. What has no minimum is left out of none. A refused write costs as well, so the
 * `least`, known to be at their minimum, are left out at once.
 */
export async function subtract(
  { update }: Pick<Table, "update">,
  pk: string,
  decrements: readonly (readonly [ScopeDecrement, WindowNames])[],
  conditions: Conditions,
  least = new Set<string>(),
): Promise<void> {
  const nameOf = ({ counter }: Step) => `${pk} ${counter}`;
  const all = decrements.flatMap(([{ window, day, sends = 0 }, names]): readonly Step[] => [
    { ...names.window, by: -window, of: "window" },
    ...(names.day === undefined ? [] : [{ ...names.day, by: -day, of: "day" } as const]),
    ...(sends === 0 ? [] : sendsOf(names, -sends)),
  ]);
  const steps = all.filter((step) => !least.has(nameOf(step)));
  const write = (some: readonly Step[]) => {
    const {
      adds,
      sets: _,
      ...parts
    } = partsOf(some, ({ of }, index) =>
      of === undefined ? {} : numbered(conditions, FACTS[of][1], index),
    );
    return update({ pk, update: `ADD ${adds.join(", ")}`, ...parts });
  };
  for (let open = steps, tries = 0; open.length > 0 && tries < steps.length; tries += 1) {
    const { kind, item } = await write(open);
    if (kind === "taken" || item === undefined) return;
    const isAbove = ({ counter, minimum }: Step) =>
      minimum === undefined || (counter in item && held(item, counter) > held(item, minimum));
    for (const step of open) if (!isAbove(step)) least.add(nameOf(step));
    open = open.filter(isAbove);
  }
}

function sendsOf({ sends }: WindowNames, by: number): readonly Step[] {
  return sends === undefined ? [] : Object.values(sends).map((counter) => ({ counter, by }));
}

function partsOf(steps: readonly Step[], conditionsOf: (step: Step, index: number) => Conditions) {
  const names: Record<string, string> = {};
  const values: Record<string, number | undefined> = {};
  const conditions: Record<string, string> = {};
  const adds: string[] = [];
  const sets: string[] = [];
  for (const [index, step] of steps.entries()) {
    const [counter, by, minimum] = [`#counter${index}`, `:by${index}`, `#minimum${index}`];
    adds.push(`${counter} ${by}`);
    names[counter] = step.counter;
    values[by] = step.by;
    values[`:max${index}`] = step.max;
    values[`:minimum${index}`] = step.setTo;
    Object.assign(conditions, conditionsOf(step, index));
    if (step.minimum === undefined) continue;
    names[minimum] = step.minimum;
    sets.push(`${minimum} = :minimum${index}`);
  }
  return { adds, sets, names, values, conditions };
}

/** The condition of one fact, with its placeholders numbered. */
function numbered(conditions: Conditions, fact: string, index: number): Conditions {
  const condition = conditions[fact] ?? "";
  const expression = condition.replaceAll(/[#:]\w+/g, `$&${index}`);
  return { [`${fact} ${index}`]: expression };
}

/** The counts of a send in a window, of the item after its write. */
export function countedIn(item: Item, { day }: Unverified, names: WindowNames): Counts {
  const unverified = held(item, names.window.counter);
  if (day === undefined) return { kind: "counted", unverified };
  const today = held(item, names.day?.counter);
  if (day.askFromSends === undefined) return { kind: "counted", unverified, today };
  const sends = { window: held(item, names.sends?.window), day: held(item, names.sends?.day) };
  return { kind: "counted", unverified, today, sends };
}

type Counts = Exclude<ScopeOutcome, { readonly kind: "full" }>;

/** Of the item that refused its write: full, or open where another refused. */
export function refusalIn(item: Item, asked: Unverified, names: WindowNames): ScopeOutcome {
  const { max = Number.POSITIVE_INFINITY, day } = asked;
  const { unverified, today = 0, sends } = countedIn(item, asked, names);
  const isDayFull = day !== undefined && today >= (day.max ?? Number.POSITIVE_INFINITY);
  if (isDayFull || unverified >= max)
    return day === undefined ? { kind: "full" } : { kind: "full", isDayFull };
  const open = { kind: "open", unverified: unverified + 1 } as const;
  if (day === undefined) return open;
  const all = sends && { sends: { window: sends.window + 1, day: sends.day + 1 } };
  return { ...open, today: today + 1, ...all };
}
