import { createHash } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import { type System, type SystemOptions, startSystem } from "../../../local/system.ts";
import { faultLine, requestLine } from "../../../local/terminal.ts";
import { type Answer, type Call, createCaller } from "./caller.ts";
import { createEvidence } from "./evidence.ts";
import { type RawItem, rawItemsOf } from "./raw-items.ts";
import { type Environment, type Rig, rigged } from "./rig.ts";
import { signed } from "./signed.ts";

type Person = { readonly to: string; readonly from: string };

export type Started = Person & { readonly id: string; readonly answer: Answer };

type Options = Pick<SystemOptions, "challenged" | "secondMilliseconds"> & {
  /** Whether Twilio tells what becomes of its messages. No attack on codes and limits hears of it, so it does not unless asked. */
  readonly callbacks?: boolean;
  /** What functions find in their environment in place of what the stage says. */
  readonly environment?: Environment;
};

export type Attacked = ReturnType<typeof attackedSystem>;

const HOUR_SECONDS = 3_600;

/** A place that shows codes shows any. Among hundreds one would be in some MAC by chance. */
const MOST_CODES = 40;

/** The last twenty numbers of fiction go wrong on purpose. */
const MOST_NUMBERS = 980;

/**
 * A whole system for the tests of one file, which is attacked over HTTP. At its end everything that it wrote, said and keeps is looked through for the
 * codes and numbers that it was asked for.
 */
export function attackedSystem({ environment, callbacks = false, ...options }: Options = {}) {
  const evidence = createEvidence();
  const stops: (() => unknown)[] = [];
  let running: System | undefined;
  let rig: Rig | undefined;
  let call: (one: Call) => Promise<Answer> = () => Promise.reject(new Error("not started"));
  const system = () => known(running);
  const turned = () => known(rig);

  beforeAll(async () => {
    rig = await rigged(environment);
    running = await startSystem({
      port: 0,
      engine: "dynalite",
      assembly: rig.assembly,
      ...options,
      onServed: (served) => evidence.add("terminal", requestLine(served)),
      onLine: (line) => evidence.add("terminal", faultLine(line) ?? ""),
    });
    if (!callbacks) running.twin.setCallbacks([]);
    const caller = createCaller(running.url);
    call = caller.call;
    stops.push(caller.stop, running.stop);
  });

  afterAll(async () => {
    const { logs, engineEndpoint, handset } = system();
    for (const { line } of logs) evidence.add("log", line);
    for (const item of await rawItemsOf(engineEndpoint)) evidence.add("item", JSON.stringify(item));
    const messages = handset.messages();
    for (const { to } of messages) evidence.addNumber(to);
    for (const { text } of messages.slice(0, MOST_CODES)) evidence.addCode(codeIn(text));
    for (const stop of stops) await stop();
    evidence.insistOnNoLeak();
  });

  let people = 0;
  /** A number and an address that nobody else has. */
  function person(): Person {
    people += 1;
    if (people >= MOST_NUMBERS) throw new Error("no number is left");
    return {
      to: `+447700900${String(people).padStart(3, "0")}`,
      from: `127.${1 + (people >> 8)}.${people & 255}.1`,
    };
  }

  async function ask(one: Call): Promise<Answer> {
    const answer = await call(one);
    const where = `${one.method ?? "POST"} ${answer.status}`;
    evidence.add(`${where} headers`, JSON.stringify(answer.headers));
    evidence.add(`${where} body`, answer.text);
    return answer;
  }

  /** Asks as a back end, by a route below `/v1/server` and for whatever address it names. */
  const askSigned = async (one: Call) =>
    ask({ ...one, headers: { ...one.headers, ...(await signed(system().url, one)) } });

  /** Asks for a start that may be refused. */
  const tryStart = (
    { to, from }: Person,
    body: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) => ask({ path: "/v1/verifications", body: { to, ...body }, from, headers });

  /** Starts a verification for somebody. Throws where it is refused. */
  async function start(who = person(), body: Readonly<Record<string, unknown>> = {}) {
    const answer = await tryStart(who, body);
    if (answer.status !== 201) throw new Error(`not started: ${answer.text}`);
    return { ...who, id: String(answer.body["id"]), answer } satisfies Started;
  }

  /** The code of the oldest message of a number that was not read yet. */
  async function readCode({ to }: Pick<Person, "to">): Promise<string> {
    const { text } = await system().handset.waitFor(to);
    return codeIn(text);
  }

  const check = (
    { id, from }: Pick<Started, "id" | "from">,
    code: unknown,
    headers: Readonly<Record<string, string>> = {},
  ) => ask({ path: `/v1/verifications/${id}/check`, body: { code }, from, headers });

  const resend = (
    { id, from }: Pick<Started, "id" | "from">,
    body: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) => ask({ path: `/v1/verifications/${id}/resend`, body, from, headers });

  /** What the table holds of a verification, as it lies there. */
  async function item({ id }: Pick<Started, "id">): Promise<RawItem> {
    const key = createHash("sha256").update(id).digest("base64url");
    return found(`verification#${key}`);
  }

  /** What the table holds of the number of a verification. */
  async function numberItem(started: Pick<Started, "id">): Promise<RawItem> {
    return found(`number#${String((await item(started))["number"])}`);
  }

  async function found(pk: string): Promise<RawItem> {
    const [one = {}] = await rawItemsOf(system().engineEndpoint, pk);
    return one;
  }

  /** How many texts have come to a number. A text arrives before its start is answered. */
  const sentTo = ({ to }: Pick<Person, "to">) =>
    system()
      .handset.messages()
      .filter((message) => message.to === to).length;

  return {
    system,
    turn: (seconds: number) => turned().turn(seconds),
    /** Lets the next hour begin, and with it new windows of all that is counted by fixed windows. */
    turnToNextHour: () => turned().turn(HOUR_SECONDS - ((turned().now() / 1_000) % HOUR_SECONDS)),
    now: () => turned().now(),
    draw: (next: number, after?: number) => turned().draw(next, after),
    set: (more: Environment) => turned().set(more),
    person,
    ask,
    askSigned,
    tryStart,
    start,
    readCode,
    check,
    resend,
    item,
    numberItem,
    sentTo,
    items: () => rawItemsOf(system().engineEndpoint),
    addEvidence: evidence.add,
  } as const;
}

function codeIn(text: string): string {
  const code = /\d{6}/.exec(text)?.[0];
  if (code === undefined) throw new Error("no code in the message");
  return code;
}

function known<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new Error("the system does not run yet");
  return thing;
}

/** Codes that a code is not, in order. */
export function wrongCodes(code: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => otherThan(code, index + 1));
}

export function otherThan(code: string, step = 1): string {
  return String((Number(code) + step) % 10 ** code.length).padStart(code.length, "0");
}
