import { setTimeout as delay } from "node:timers/promises";
import { count } from "./api.ts";
import { ATTACKERS, type Attacker } from "./attackers.ts";
import { type Person, type Scene, signIn } from "./people.ts";

/** The requests of each sign-in, the callbacks of its message and all attackers keep system, emulator and load busy for half a core. */
const SIGN_IN_EVERY_SECONDS = 1.1;

/** Every function starts cold: attackers come once all have started. */
const WARM_UP_SECONDS = 20;

/** More than any network makes wait at once. A load above it stops growing, so that requests do not pile up. */
const MOST_AT_ONCE = 120;

/** A number rests for so long that no message of its last sign-in is still on its way. */
const REST_MILLISECONDS = 150_000;

/** The API's own example number: it occurs in documents, so no answer can be searched for it. */
const EXAMPLE = 123;

/** 800 numbers of fiction and those that go wrong on purpose, with an address each. */
function population(): readonly Person[] {
  const indices = [...Array(999).keys()].filter(
    (index) => (index < 800 || index >= 980) && index !== EXAMPLE,
  );
  return indices.map((index) => ({
    to: `+447700900${String(index).padStart(3, "0")}`,
    from: `127.10.${index >> 8}.${1 + (index % 254)}`,
  }));
}

export function startLoad(scene: Scene) {
  const underWay = new Set<Promise<void>>();
  const stopping = new AbortController();
  const track = (name: string, work: () => Promise<void>): void => {
    if (underWay.size >= MOST_AT_ONCE) return;
    const going: Promise<void> = work()
      .catch((fault: unknown) => {
        scene.deeds.unanswered.push(`${name}: ${fault instanceof Error ? fault.message : fault}`);
      })
      .finally(() => underWay.delete(going));
    underWay.add(going);
  };
  const signIns = cycle(scene, stopping.signal, SIGN_IN_EVERY_SECONDS, signInsOf(scene, track));
  const attacks = ATTACKERS.map(async (attacker) => {
    await pause(WARM_UP_SECONDS, stopping.signal);
    await cycle(scene, stopping.signal, attacker.everySeconds, () =>
      strike(scene, attacker, track),
    );
  });
  return {
    underWay: () => underWay.size,
    /** Starts nothing new, and waits for the requests under way. */
    end: async () => {
      stopping.abort();
      await Promise.all([signIns, ...attacks]);
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

type Track = (name: string, work: () => Promise<void>) => void;

function signInsOf(scene: Scene, track: Track): () => void {
  const limited = shuffled(scene, population());
  return () => {
    const person = limited.shift();
    if (person === undefined) return;
    track("a sign-in", async () => {
      try {
        await signIn(scene, person);
      } finally {
        setTimeout(() => limited.push(person), REST_MILLISECONDS).unref();
      }
    });
  };
}

function strike(scene: Scene, { name, once }: Attacker, track: Track): void {
  count(scene.deeds.hostile, name);
  track(name, () => once(scene));
}

function shuffled({ random }: Scene, people: readonly Person[]): Person[] {
  return people
    .map((person) => ({ person, place: random.between(0, 1) }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ person }) => person);
}

async function cycle(
  { random }: Scene,
  signal: AbortSignal,
  meanSeconds: number,
  work: () => void,
): Promise<void> {
  while (!signal.aborted) {
    await delay(random.exponential(meanSeconds) * 1_000, undefined, { signal }).catch(
      () => undefined,
    );
    if (!signal.aborted) work();
  }
}

async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  await delay(seconds * 1_000, undefined, { signal }).catch(() => undefined);
}
