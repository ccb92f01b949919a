import { setTimeout as delay } from "node:timers/promises";
import { decodeJwt } from "jose";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { type ClientOptions, createClient, type Session } from "../../client/src/index.ts";
import { startSystem } from "../../local/system.ts";
import { rigged } from "../attacks/support/rig.ts";
import { otherThan } from "../support/deps.ts";
import {
  FAULTS,
  type Fault,
  LATE_SECONDS,
  type Passed,
  startFaultProxy,
} from "./support/fault-proxy.ts";

const rig = await rigged();
const system = await startSystem({ port: 0, engine: "dynalite", assembly: rig.assembly });
const proxy = await startFaultProxy(system.url);
afterEach(() => proxy.arrange(() => undefined));
afterAll(async () => {
  await proxy.stop();
  await system.stop();
});

let last = 900_300;
function newNumber(): string {
  last += 1;
  return `+447700${last}`;
}

function newClient(options: Partial<ClientOptions> = {}) {
  return createClient({
    baseUrl: proxy.url,
    storage: null,
    // So that an answer is late soon; cold functions make it hit now and then, which must change nothing either.
    timeoutSeconds: LATE_SECONDS - 1,
    ...options,
  });
}

function messagesTo(number: string): number {
  return system.handset.messages().filter(({ to }) => to === number).length;
}

async function codeTo(number: string): Promise<string> {
  const { text } = await system.handset.waitFor(number);
  return /\d{6}/.exec(text)?.[0] ?? "";
}

async function started(client: ReturnType<typeof newClient>, to: string): Promise<Session> {
  const outcome = await client.start({ to });
  if (outcome.kind !== "started") throw new Error(JSON.stringify(outcome));
  return outcome.session;
}

/** The fault meets each request of a session once, the first time that it is sent. */
function onFirstSending(fault: Fault) {
  const met = new Set<string>();
  return (request: Passed): Fault | undefined => {
    const name = `${request.method} ${request.path} ${request.key}`;
    if (met.has(name)) return undefined;
    met.add(name);
    return fault;
  };
}

let waiting = 0;
const turned = Promise.withResolvers<void>();

/** Waits for the other journeys; the last one turns the clock. */
function untilMayResend(resendSeconds: number): Promise<void> {
  waiting += 1;
  if (waiting === FAULTS.length) {
    rig.turn(resendSeconds + 1);
    turned.resolve();
  }
  return turned.promise;
}

/** What one person with one bad network sees, from the start to the proof, and another one from the start to the cancel. */
async function journey(fault: Fault) {
  const network = await startFaultProxy(system.url);
  network.arrange(onFirstSending(fault));
  const client = newClient({ baseUrl: network.url });
  const canceling = started(client, newNumber()).then(async (other) => ({
    canceled: await other.cancel(),
    ended: await other.show(),
  }));
  const to = newNumber();
  const session = await started(client, to);
  const first = await codeTo(to);
  const afterStart = messagesTo(to);
  const wrong = await session.check(otherThan(first));
  const shown = await session.show();
  await untilMayResend(session.waits().resendSeconds);
  const resent = await session.resend();
  const approved = await session.check(await codeTo(to));
  await delay(LATE_SECONDS * 1_000);
  const other = await canceling;
  await network.stop();
  return { to, afterStart, wrong, shown, resent, approved, afterAll: messagesTo(to), ...other };
}

/** All at once: the clock of the functions is turned when each waits until its number may be sent a second message. */
const journeys = FAULTS.map((fault) => [fault, journey(fault)] as const);

describe.each(journeys)("where each request is %s", (_, under) => {
  it("one message goes out for each wish, and the proof comes", async () => {
    const { to, afterStart, wrong, shown, resent, approved, ...end } = await under;
    expect(afterStart).toBe(1);
    expect(wrong).toMatchObject({ result: "incorrect", checksRemaining: 4 });
    expect(shown).toMatchObject({ verification: { checksRemaining: 4 } });
    // Of a request that arrives twice at once one may be told that the other has just sent.
    expect(["resent", "too-many-sends"]).toContain(
      resent.kind === "problem" ? resent.code : resent.kind,
    );
    expect(end.afterAll).toBe(2);
    expect(approved).toMatchObject({ kind: "approved", checksRemaining: 3 });
    expect(decodeJwt(approved.kind === "approved" ? approved.proof : "")).toMatchObject({
      phone_number: to,
    });
  });

  it("a cancel cancels", async () => {
    const { canceled, ended } = await under;
    expect(canceled).toEqual({ kind: "canceled" });
    expect(ended).toMatchObject({ verification: { status: "canceled" } });
  });
});

const isCheck = ({ path }: Passed): boolean => path.endsWith("/check");

describe("where no answer ever comes", () => {
  const IMPATIENT = { patienceSeconds: 1.5 };

  it("a start that was done all the same is found again by starting again", async () => {
    const to = newNumber();
    const client = newClient(IMPATIENT);
    proxy.arrange(() => "lost-after");
    expect(await client.start({ to })).toMatchObject({
      code: "no-answer",
      messageKey: "no-answer",
      status: 0,
    });
    proxy.arrange(() => undefined);
    const session = await started(client, to);
    expect(messagesTo(to)).toBe(1);
    expect(await session.check(await codeTo(to))).toMatchObject({ kind: "approved" });
  });

  it("a proof is fetched even where another code is typed then", async () => {
    const to = newNumber();
    const session = await started(newClient(IMPATIENT), to);
    const code = await codeTo(to);
    proxy.arrange((request) => (isCheck(request) ? "lost-after" : undefined));
    expect(await session.check(code)).toMatchObject({ code: "no-answer" });
    proxy.arrange(() => undefined);
    const outcome = await session.check(otherThan(code));
    expect(outcome).toMatchObject({ kind: "approved" });
    expect(await session.check(code)).toMatchObject({ kind: "approved" });
  });

  it("a proof is fetched after a reload, and is the same again", async () => {
    const to = newNumber();
    const kept: string[] = [];
    const client = newClient({
      ...IMPATIENT,
      onChange: (changed) => kept.push(JSON.stringify(changed)),
    });
    const session = await started(client, to);
    proxy.arrange((request) => (isCheck(request) ? "lost-after" : undefined));
    // The page goes away in the middle, and what it kept last is what it kept before the request left.
    const gone = session.check(await codeTo(to));
    const atReload = kept.at(-1);
    await gone;
    proxy.arrange(() => undefined);
    const resumed = newClient().resume(atReload);
    const first = await resumed?.check(resumed.openCode ?? "");
    expect(first).toMatchObject({ kind: "approved" });
    const again = await resumed?.check(resumed.openCode ?? "");
    const proofs = [first, again].map((each) =>
      decodeJwt(each?.kind === "approved" ? each.proof : ""),
    );
    expect(proofs[1]).toEqual(proofs[0]);
  });
});

it("a double tap on check is one check", async () => {
  const to = newNumber();
  const session = await started(newClient(), to);
  const code = otherThan(await codeTo(to));
  const [one, other] = await Promise.all([session.check(code), session.check(code)]);
  expect(one).toMatchObject({ result: "incorrect", checksRemaining: 4 });
  expect(other).toBe(one);
});
