import { afterAll, beforeAll } from "vitest";
import { keyOf } from "../../../functions/verification/identifiers.ts";
import type { Assembly } from "../../../local/assembly.ts";
import type { SystemOptions } from "../../../local/system.ts";
import { idIn, otherThan } from "../../support/deps.ts";
import { type Environment, type Rig, rigged } from "./rig.ts";
import { signed } from "./signed.ts";
import { tableOf } from "./table-of.ts";
import { type Attempt, aTarget, type Reply, stopWithoutLeaks, type Target } from "./target.ts";

type Person = { readonly to: string; readonly from: string };

export type Started = Person & { readonly id: string; readonly answer: Reply };

type Body = Readonly<Record<string, unknown>>;
type Headers = Readonly<Record<string, string>>;
type Item = Readonly<Record<string, unknown>>;

type Options = Pick<SystemOptions, "challenged"> & {
  /** What functions find in their environment in place of what the stage says. */
  readonly environment?: Environment;
  /** The stack of another stage than that of development. */
  readonly assemble?: () => Promise<Assembly>;
};

export type Attacked = ReturnType<typeof attackedSystem>;

const HOUR_SECONDS = 3_600;
/** The first system after a change builds every bundle, beside whatever else a machine does. */
const BUILD_MILLISECONDS = 300_000;

/**
 * A whole system for the tests of one file, with a clock that they turn. At its end everything that it wrote, said and keeps is looked through for
 * codes and numbers. Twilio tells nothing of its messages: no attack on codes and limits asks for it, and it takes half of the time.
 */
export function attackedSystem({ environment, assemble, ...options }: Options = {}) {
  let target: Target | undefined;
  let rig: Rig | undefined;
  const system = () => known(target);
  const clock = () => known(rig);

  beforeAll(async () => {
    rig = await rigged(environment, assemble);
    target = await aTarget({ assembly: rig.assembly, ...options });
    target.emulator.setCallbacks([]);
  }, BUILD_MILLISECONDS);
  afterAll(() => stopWithoutLeaks(system()));

  /** Text is sent as it is, as JSON all the same. */
  const ask = ({ headers = {}, ...attempt }: Attempt) => {
    const type = typeof attempt.body === "string" ? { "content-type": "application/json" } : {};
    return system().ask({ ...attempt, headers: { ...type, ...headers } });
  };

  return {
    system,
    ...clockOf(clock),
    set: (more: Environment) => clock().set(more),
    ask,
    ...callsOf(system, ask),
    ...itemsOf(system),
  } as const;
}

function clockOf(rig: () => Rig) {
  return {
    turn: (seconds: number) => rig().turn(seconds),
    /** Lets the next hour begin, and with it new windows of all that is counted by fixed windows. */
    turnToNextHour: () =>
      rig().turn(HOUR_SECONDS - (Math.floor(rig().now() / 1_000) % HOUR_SECONDS)),
    now: () => rig().now(),
    draw: (next: number) => rig().draw(next),
  } as const;
}

function callsOf(system: () => Target, ask: (attempt: Attempt) => Promise<Reply>) {
  /** A number and an address that nobody else has. */
  const person = (): Person => ({ to: system().newNumber(), from: system().newAddress() });

  /** Asks as a back end, by a route below `/v1/server` and for whatever address it names. */
  const askSigned = async (attempt: Attempt & { readonly path: string }) =>
    ask({ ...attempt, headers: { ...attempt.headers, ...(await signed(system().url, attempt)) } });

  /** Asks for a start that may be refused. */
  const tryStart = ({ to, from }: Person, body: Body = {}, headers: Headers = {}) =>
    system().start({ to, ...body }, { from, headers });

  /** Starts a verification for somebody. Throws where it is refused. */
  async function start(who = person(), body: Body = {}): Promise<Started> {
    const answer = await tryStart(who, body);
    if (answer.status !== 201) throw new Error(`not started: ${answer.text}`);
    return { ...who, id: String(answer.body["id"]), answer };
  }

  /** The code of the oldest message of a number that was not read yet. */
  async function readCode({ to }: Pick<Person, "to">): Promise<string> {
    const { text } = await system().handset.waitFor(to);
    const code = /\d{6}/.exec(text)?.[0];
    if (code === undefined) throw new Error("no code in the message");
    return code;
  }

  /** Somebody whose code was sent and is known. */
  async function aVictim() {
    const started = await start();
    return { ...started, code: await readCode(started) };
  }

  const checkOrResend =
    (what: "check" | "resend") =>
    ({ id, from }: Pick<Started, "id" | "from">, body: Body, headers: Headers = {}) =>
      ask({ path: `/v1/verifications/${id}/${what}`, body, from, headers });
  const check = checkOrResend("check");
  const resend = checkOrResend("resend");

  return {
    person,
    askSigned,
    tryStart,
    start,
    readCode,
    aVictim,
    check: (who: Pick<Started, "id" | "from">, code: unknown, headers?: Headers) =>
      check(who, { code }, headers),
    resend: (who: Pick<Started, "id" | "from">, body: Body = {}, headers?: Headers) =>
      resend(who, body, headers),
    /** How many texts have come to a number. A text arrives before its start is answered. */
    sentTo: ({ to }: Pick<Person, "to">) => system().textsTo(to).length,
  } as const;
}

function itemsOf(system: () => Target) {
  async function read(pk: string): Promise<Item> {
    const table = await tableOf(system());
    const item = await table.itemAt(pk);
    table.stop();
    return item;
  }
  /** What the table holds of a verification, as it lies there. */
  const item = ({ id }: Pick<Started, "id">) => read(`verification#${keyOf(idIn(id))}`);
  return {
    read,
    item,
    /** What the table holds of the number of a verification. */
    numberItem: async (started: Pick<Started, "id">) =>
      read(`number#${String((await item(started))["number"])}`),
  } as const;
}

function known<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new Error("the system does not run yet");
  return thing;
}

export function wrongCodes(code: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => otherThan(code, index + 1));
}
