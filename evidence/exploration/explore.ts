import { brokenBy, brokenIn, type Seen } from "../../test/model/promises.ts";
import type { Clause } from "../../test/support/engine-stores.ts";
import type { Handed, Heard, Script, Terms } from "./actor.ts";
import { Actors, type NumberedAnswer, type Place, type Waiting } from "./actors.ts";
import { canonical, Numbered } from "./canonical.ts";
import { Futures, type Touch } from "./futures.ts";
import { type Call, keyIn, performed, recordIn, type Stored, verificationIn } from "./ground.ts";

/** A configuration: what has happened before, one thing after another, and who acts at once from then on. */
export type Configuration = {
  readonly name: string;
  /** Each bound and its size. */
  readonly bounds: string;
  readonly terms?: Terms;
  readonly before?: Script;
  readonly actors: Readonly<Record<string, Script>>;
  readonly beginsAt: number;
  /** Takes more than a few seconds: explored by the command alone. */
  readonly isLong?: boolean;
};

/** What was found out about a configuration. */
export type Exploration = {
  readonly states: number;
  readonly transitions: number;
  /** Ways from the beginning to an end. */
  readonly schedules: bigint;
  /** Steps of the longest of them. */
  readonly deepest: number;
  readonly ends: ReadonlySet<string>;
  readonly seconds: number;
  /** Every write that was made, as a store and its method. */
  readonly writes: ReadonlySet<string>;
  readonly broken: { readonly promise: string; readonly schedule: readonly string[] } | undefined;
};

type Options = {
  /** A condition that the stores leave out. */
  readonly removed?: Clause | undefined;
  /** Leaves out what partial order reduction and the merging of orders leave out; both are on by default. */
  readonly reduces?: boolean;
  /** Keeps the final state of each schedule, for comparison with other ways of exploring. */
  readonly keepsEnds?: boolean;
};

/** A configuration that is too large must be made smaller; it is never sampled. */
const MOST_STATES = 2_000_000;

/** An item: what the table stores, or the messages that went to one number. */
type Kept = { readonly stored: Stored } | { readonly messages: readonly Handed[] };

/** An answer that is there and that the actor has not looked at. */
type Unheard = { readonly actor: number; readonly place: number; readonly answer: number };

type State = {
  readonly now: number;
  readonly places: readonly Place[];
  readonly unheard: readonly Unheard[];
  /** What each item holds, both by number. */
  readonly items: readonly number[];
  readonly from: State | undefined;
  readonly words: string;
  schedules: bigint;
};

/** What a call makes of its item, its answer, and the promise that it breaks. */
type NumberedEffect = {
  readonly kept: number;
  readonly answer: number;
  readonly breaks?: string | undefined;
};

type Next = Omit<State, "schedules"> & {
  readonly breaks?: string | undefined;
  /** It touches no item that another actor touches, and no passing of time changes it. */
  readonly isAlone: boolean;
};

/**
 * Explores every interleaving of the actors of a configuration, step by step in breadth, so that what it finds broken it finds by a shortest way.
 *
 * A step is one call that the domain awaits (the effect of a write and its answer; see `Unheard` for where these are two), a message that leaves, the
 * provider's answer to it, the beginning of a request, or time that passes. Between two steps an actor only computes. That an answer comes later
 * than its effect is the same as that the next call comes later, since an actor does nothing in between, unless it reads the clock: then the
 * effect and the answer are two steps wherever time can pass.
 *
 * A state is what is stored, what was sent, the answers of each actor, and its place (see `Actors`): what can happen from then on depends on
 * nothing else, so each state is explored once. The steps behind a state are as many on every way to it, so only one depth is kept at a time.
 *
 * Partial order reduction: a step on an item that no other actor will touch any more (or, where it only reads, will write to) commutes with all that
 * the others can still do. It is taken at once, and no other step is tried from that state. See `Futures` for how that is known.
 */
export async function explore(
  configuration: Configuration,
  { reduces = true, keepsEnds = false, removed }: Options = {},
): Promise<Exploration> {
  const search = new Search(configuration, { reduces, keepsEnds, removed });
  await search.prepare();
  return search.run();
}

type Counts = {
  states: number;
  transitions: number;
  schedules: bigint;
  deepest: number;
  readonly ends: Set<string>;
};

class Search {
  readonly #configuration: Configuration;
  readonly #options: Required<Options>;
  readonly #actors: Actors;
  readonly #kept = new Numbered<Kept>();
  readonly #answers = new Numbered<NumberedAnswer["answer"]>();
  readonly #effects = new Map<string, NumberedEffect | undefined>();
  readonly #itemOf = new Map<number, number>();
  readonly #items = new Numbered<string>();
  readonly #futures = new Futures();
  readonly #judged = new Map<string, string | undefined>();
  readonly #writes = new Set<string>();
  #beginning: State | undefined;

  constructor(configuration: Configuration, options: Required<Options>) {
    this.#configuration = configuration;
    this.#options = options;
    const { before = async () => undefined, actors, terms = {} } = configuration;
    const scripts = Object.entries({ before, ...actors });
    this.#actors = new Actors(
      scripts.map(([name, script]) => ({ name, script })),
      { terms, mergesOrders: options.reduces, removed: options.removed },
    );
  }

  /** Plays the history, and then starts all actors. */
  async prepare(): Promise<void> {
    const first = await this.#actors.begin(0);
    let state: State = {
      now: this.#configuration.beginsAt,
      places: [first],
      unheard: [],
      items: [],
      from: undefined,
      words: "",
      schedules: 1n,
    };
    for (;;) {
      const [next] = await this.#nextOf(state);
      if (next === undefined) break;
      state = { ...next, from: undefined, schedules: 1n };
    }
    const [before] = state.places;
    if (before?.isDone !== true || before.heard.some(({ kind }) => kind === "fault"))
      throw new Error(
        `a step before ${this.#configuration.name} fails: ${canonical(before?.heard)}`,
      );
    const count = Object.keys(this.#configuration.actors).length;
    const places = await Promise.all(
      Array.from({ length: count }, (_, index) => this.#actors.begin(index + 1)),
    );
    this.#beginning = { ...state, places: [before, ...places] };
    this.#writes.clear();
  }

  async run(): Promise<Exploration> {
    const began = performance.now();
    await this.#scout(this.#beginning ?? raise("prepare first"), new Set());
    this.#futures.learn();
    for (;;) {
      const found = await this.#search();
      if (!this.#futures.learn())
        return { ...found, writes: this.#writes, seconds: (performance.now() - began) / 1_000 };
    }
  }

  /** Looks ahead in depth, so that a search begins with what actors touch and is seldom repeated: which steps are alone is asked again after each. */
  async #scout(state: State, seen: Set<string>): Promise<void> {
    for (;;) {
      const nexts = await this.#nextOf(state);
      const next = nexts.find((each) => !seen.has(this.#keyOf(each)));
      if (next === undefined) return;
      await this.#scout({ ...next, schedules: 0n }, seen.add(this.#keyOf(next)));
      for (const { number } of state.places) this.#futures.learnOf(number);
    }
  }

  async #search(): Promise<Omit<Exploration, "seconds" | "writes">> {
    const { schedules: _, ...beginning } = this.#beginning ?? raise("prepare first");
    const ends = new Set<string>();
    const counts: Counts = { states: 0, transitions: 0, schedules: 0n, deepest: 0, ends };
    let level: ReadonlyMap<string, State> = new Map([["", { ...beginning, schedules: 1n }]]);
    for (; level.size > 0; counts.deepest += 1) {
      const below = new Map<string, State>();
      for (const state of level.values()) {
        const broken = await this.#expand(state, below, counts);
        if (broken !== undefined) return { ...counts, broken };
      }
      level = below;
    }
    return { ...counts, deepest: counts.deepest - 1, broken: undefined };
  }

  /** Adds the successors of a state. Returns the promises that are broken there. */
  async #expand(
    state: State,
    below: Map<string, State>,
    counts: Counts,
  ): Promise<Exploration["broken"]> {
    counts.states += 1;
    if (counts.states > MOST_STATES) throw new Error(`${this.#configuration.name} is too large`);
    const nexts = await this.#nextOf(state);
    counts.transitions += nexts.length;
    if (nexts.length === 0) {
      counts.schedules += state.schedules;
      if (this.#options.keepsEnds) counts.ends.add(this.#endOf(state));
    }
    for (const next of nexts) addTo(below, this.#keyOf(next), next, state.schedules);
    return this.#brokenAt(state, nexts);
  }

  #keyOf({ now, places, unheard, items }: Next): string {
    const notes = unheard
      .map(({ actor, place, answer }) => `${actor}.${place}.${answer}`)
      .toSorted();
    return `${now}|${places.map(({ number }) => number).join()}|${notes.join()}|${items.join()}`;
  }

  /** The final state of a schedule, for comparison with other ways of exploring. */
  #endOf({ now, places, items }: State): string {
    const kept = items.flatMap((number, index) =>
      number < 0
        ? []
        : [`${this.#items.valueOf(index - FIRST_ITEM)} ${canonical(this.#kept.valueOf(number))}`],
    );
    return canonical([now, places.map(({ heard }) => heard), kept.toSorted()]);
  }

  /** Every step that can be taken, or the one that need not wait for any other. */
  async #nextOf(state: State): Promise<readonly Next[]> {
    const nexts: Next[] = [];
    for (const [actor, place] of state.places.entries()) {
      for (const waiting of place.waitsFor) {
        const next = await this.#stepOf(state, actor, waiting);
        if (next === undefined) continue;
        if (next.isAlone && this.#options.reduces) return [next];
        nexts.push(next);
      }
    }
    return nexts;
  }

  async #stepOf(state: State, actor: number, waiting: Waiting): Promise<Next | undefined> {
    const unheard = state.unheard.find(
      (note) => note.actor === actor && note.place === waiting.place,
    );
    return unheard ? this.#hear(state, unheard) : this.#perform(state, actor, waiting);
  }

  /** An actor looks at an answer that was there already, and at the clock. */
  async #hear(state: State, { actor, place, answer }: Unheard): Promise<Next> {
    const from = state.places[actor] ?? raise("no such actor");
    const { to } = await this.#actors.after(from, place, this.#numbered(answer), state.now);
    this.#futures.note(from, { item: CLOCK, isWrite: false, to });
    return {
      ...state,
      from: state,
      places: state.places.with(actor, to),
      unheard: state.unheard.filter((note) => note.actor !== actor || note.place !== place),
      words: `${this.#actors.nameOf(actor)} goes on`,
      isAlone: this.#isAlone(state, actor, { item: CLOCK, isWrite: false }),
    };
  }

  async #perform(state: State, actor: number, { place, call }: Waiting): Promise<Next | undefined> {
    const { port, words, args, method } = this.#actors.calls.valueOf(call);
    const from = state.places[actor] ?? raise("no such actor");
    const item = this.#itemIn(call);
    const effect = await this.#effectOf(call, state.items[item] ?? NOTHING);
    if (effect === undefined) return undefined;
    if (words.includes(".")) this.#writes.add(words);
    const now = port === "clock" ? state.now + Number(args[0]) * 1_000 : state.now;
    const touch = { item, isWrite: method !== "read" && method !== "reads" };
    const arrival = await this.#actors.after(from, place, this.#numbered(effect.answer), now);
    const { to, readsClock } = arrival;
    this.#futures.note(from, { ...touch, to });
    if (readsClock) this.#futures.note(from, { item: CLOCK, isWrite: false, to });
    const step = {
      from: state,
      now,
      items: item <= CLOCK ? state.items : withItem(state.items, item, effect.kept),
      words: `${this.#actors.nameOf(actor)}: ${words}`,
      isAlone: this.#isAlone(state, actor, touch),
      breaks: effect.breaks,
    };
    if (readsClock && !this.#isAlone(state, actor, { item: CLOCK, isWrite: false })) {
      const unheard = [...state.unheard, { actor, place, answer: effect.answer }];
      return { ...step, places: state.places, unheard };
    }
    return { ...step, places: state.places.with(actor, to), unheard: state.unheard };
  }

  #numbered(number: number): NumberedAnswer {
    return { number, answer: this.#answers.valueOf(number) };
  }

  #isAlone({ places }: State, actor: number, touch: Touch): boolean {
    return places.every(
      (place, other) => other === actor || !this.#futures.mayMeet(place.number, touch),
    );
  }

  #itemIn(number: number): number {
    const known = this.#itemOf.get(number);
    if (known !== undefined) return known;
    const item = this.#numberOfItem(this.#actors.calls.valueOf(number));
    this.#itemOf.set(number, item);
    return item;
  }

  #numberOfItem(call: Call): number {
    if (call.port === "nothing") return NOTHING;
    if (call.port === "clock") return CLOCK;
    const name = call.port === "handset" ? handsetOf(call) : keyIn(call);
    return FIRST_ITEM + this.#items.numberOf(name);
  }

  /** What a call makes of its item and answers, or nothing while it has to wait. The same call on the same item does the same. */
  async #effectOf(call: number, kept: number): Promise<NumberedEffect | undefined> {
    const key = `${call} ${kept}`;
    if (this.#effects.has(key)) return this.#effects.get(key);
    const effect = await this.#newEffectOf(this.#actors.calls.valueOf(call), kept);
    this.#effects.set(key, effect);
    return effect;
  }

  async #newEffectOf(call: Call, number: number): Promise<NumberedEffect | undefined> {
    if (call.port === "nothing" || call.port === "clock")
      return { kept: number, answer: this.#answers.numberOf({}) };
    const kept = number < 0 ? undefined : this.#kept.valueOf(number);
    if (call.port === "handset") return this.#handle(call, kept, number);
    const before = kept !== undefined && "stored" in kept ? kept.stored : undefined;
    try {
      const { after, answer } = await performed(call, before);
      return {
        breaks: await brokenBy({ call, before, after }),
        kept: this.#kept.numberOf({ stored: after }),
        answer: this.#answers.numberOf({ value: answer }),
      };
    } catch (fault) {
      return { kept: number, answer: this.#answers.numberOf({ fault: String(fault) }) };
    }
  }

  /** The messages out to a number are kept without their order. */
  #handle(
    { method, args: [first] }: Call,
    kept: Kept | undefined,
    number: number,
  ): NumberedEffect | undefined {
    const messages = kept !== undefined && "messages" in kept ? kept.messages : [];
    if (method === "reads") {
      const message = messages.find(({ code }) => code === first);
      if (message === undefined) return undefined;
      return {
        kept: number,
        answer: this.#answers.numberOf({ value: [message.token, message.messageId] }),
      };
    }
    const more: readonly Handed[] = [...messages, Object(first)];
    const sorted = more.toSorted((one, other) => (canonical(one) < canonical(other) ? -1 : 1));
    return { kept: this.#kept.numberOf({ messages: sorted }), answer: this.#answers.numberOf({}) };
  }

  /** A state that breaks a promise, or a step from it that does. */
  async #brokenAt(state: State, nexts: readonly Next[]): Promise<Exploration["broken"]> {
    const promise = await this.#brokenPromise(state, nexts.length === 0);
    if (promise !== undefined) return { promise, schedule: scheduleOf(state) };
    const breaking = nexts.find(({ breaks }) => breaks !== undefined);
    if (breaking?.breaks === undefined) return undefined;
    return { promise: breaking.breaks, schedule: [...scheduleOf(state), breaking.words] };
  }

  async #brokenPromise({ places, items }: State, isEnd: boolean): Promise<string | undefined> {
    const key = `${places.map(({ heardNumber }) => heardNumber).join()}|${items.join()}|${isEnd}`;
    if (this.#judged.has(key)) return this.#judged.get(key);
    const promise = brokenIn(await this.#seenIn(places, items, isEnd));
    this.#judged.set(key, promise);
    return promise;
  }

  async #seenIn(places: readonly Place[], items: readonly number[], isEnd: boolean): Promise<Seen> {
    const kept = items.filter((number) => number >= 0).map((number) => this.#kept.valueOf(number));
    const stored = kept.flatMap((item) => ("stored" in item ? [item.stored] : []));
    const verifications = await Promise.all(stored.map(verificationIn));
    const records = await Promise.all(stored.map(recordIn));
    return {
      heard: places.flatMap(({ heard }): readonly Heard[] => heard),
      messages: kept.flatMap((item) => ("messages" in item ? item.messages : [])),
      verifications: verifications.filter((item) => item !== undefined),
      records: records.filter((record) => record !== undefined),
      raw: stored.filter((item) => item !== undefined),
      terms: this.#configuration.terms ?? {},
      isEnd,
    };
  }
}

/** What no call touches, the clock, and the first of the items that do lie somewhere. */
const NOTHING = -1;
const CLOCK = 0;
const FIRST_ITEM = 1;

function withItem(items: readonly number[], item: number, kept: number): readonly number[] {
  const padded = [...items, ...Array<number>(Math.max(0, item + 1 - items.length)).fill(-1)];
  return padded.with(item, kept);
}

function addTo(level: Map<string, State>, key: string, next: Next, schedules: bigint): void {
  const known = level.get(key);
  if (known !== undefined) known.schedules += schedules;
  else level.set(key, { ...next, schedules });
}

function scheduleOf(state: State): readonly string[] {
  const words: string[] = [];
  for (let at: State | undefined = state; at !== undefined; at = at.from) words.unshift(at.words);
  return words.filter((step) => step !== "");
}

/** Each code that is sent is a message of its own. */
function handsetOf({ args: [first] }: Call): string {
  const code: unknown = typeof first === "string" ? first : Object(first).code;
  return `handset#${String(code)}`;
}

function raise(why: string): never {
  throw new Error(why);
}
