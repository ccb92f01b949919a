import type { Clause } from "../../test/support/engine-stores.ts";
import {
  type Answer,
  type Answered,
  type Heard,
  type Script,
  switchAfter,
  type Terms,
} from "./actor.ts";
import { canonical, Numbered } from "./canonical.ts";
import type { Call } from "./ground.ts";

/** A call by its number: equal calls have equal numbers. `place` is its place in the order of asking. */
export type Waiting = { readonly place: number; readonly call: number };

/** Where one actor stands. */
export type Place = {
  readonly number: number;
  readonly actor: number;
  readonly history: readonly Answered[];
  /** The same in texts, with the time only where the clock was looked at. */
  readonly ways: readonly string[];
  readonly waitsFor: readonly Waiting[];
  readonly heard: readonly Heard[];
  readonly heardNumber: number;
  readonly isDone: boolean;
};

type Options = {
  readonly terms: Terms;
  readonly mergesOrders: boolean;
  readonly removed: Clause | undefined;
};

/** Where an answer leads, and whether the actor looks at the clock on the way. */
type Arrival = { readonly to: Place; readonly readsClock: boolean };

export type NumberedAnswer = { readonly answer: Answer; readonly number: number };

/**
 * The actors of a configuration, as the graph of where each can stand. The real code is run once for each history of answers, and what it waits for
 * then is remembered.
 *
 * Two histories lead to one place where the same calls were answered alike, at the same time as far as the clock was looked at, in whatever order,
 * and where they wait for the same and received the same. The domain joins what it awaits side by side with `Promise.all` and
 * `Promise.allSettled`, which do not show in which order their parts ended. A test explores a configuration without this too: it ends the same.
 */
export class Actors {
  readonly calls = new Numbered<Call>();
  readonly #heard = new Numbered<readonly Heard[]>();
  readonly #places = new Map<string, Place>();
  readonly #arrivals = new Map<string, Arrival>();
  readonly #actors: readonly { readonly name: string; readonly script: Script }[];
  readonly #options: Options;

  constructor(
    actors: readonly { readonly name: string; readonly script: Script }[],
    options: Options,
  ) {
    this.#actors = actors;
    this.#options = options;
  }

  nameOf(actor: number): string {
    return this.#actors[actor]?.name ?? "";
  }

  async begin(actor: number): Promise<Place> {
    const { to } = await this.#arrive(actor, [], []);
    return to;
  }

  /** The place of an actor after a call was answered at `now`. */
  async after(
    from: Place,
    place: number,
    { answer, number }: NumberedAnswer,
    now: number,
  ): Promise<Arrival> {
    const timeless = `${place}=${number}`;
    const timed = `${timeless}@${now}`;
    const keyOf = (way: string) => `${from.number} ${way}`;
    const known = this.#arrivals.get(keyOf(timeless)) ?? this.#arrivals.get(keyOf(timed));
    if (known !== undefined) return known;
    const history = [...from.history, { place, answer, now }];
    const arrival = await this.#arrive(from.actor, history, [...from.ways, timeless], timed);
    this.#arrivals.set(keyOf(arrival.readsClock ? timed : timeless), arrival);
    return arrival;
  }

  async #arrive(
    actor: number,
    history: readonly Answered[],
    timelessWays: readonly string[],
    lastTimed?: string,
  ): Promise<Arrival> {
    const known = this.#actors[actor];
    if (known === undefined) throw new Error("no such actor");
    const { terms, mergesOrders, removed } = this.#options;
    const switchState = await switchAfter({ ...known, terms, removed }, history);
    const { heard, isDone, readsClock } = switchState;
    const ways =
      readsClock && lastTimed !== undefined
        ? [...timelessWays.slice(0, -1), lastTimed]
        : timelessWays;
    const waitsFor = switchState.waitsFor.map(({ place, call }) => ({
      place,
      call: this.calls.numberOf(call),
    }));
    const heardNumber = this.#heard.numberOf(heard);
    const way = mergesOrders ? ways.toSorted() : ways;
    const text = canonical([actor, way, waitsFor, heardNumber, isDone]);
    const to = this.#places.get(text) ?? {
      number: this.#places.size,
      actor,
      history,
      ways,
      waitsFor,
      heard,
      heardNumber,
      isDone,
    };
    this.#places.set(text, to);
    return { to, readsClock };
  }
}
