import { expect, it } from "vitest";
import { once } from "../../functions/adapters/aws/once.ts";
import { LIMITS } from "../../functions/policy/limits.ts";
import { PRICES } from "../../functions/policy/prices.ts";
import { attackedSystem } from "./support/attacked-system.ts";
import { newAddress, resultOf } from "./support/guessing.ts";
import type { Reply } from "./support/target.ts";

const target = attackedSystem();

const { ipv4, "client-unknown": unknown } = LIMITS.unverifiedSends;
const isStarted = ({ status }: Reply) => status === 201;

/** Headers in which a caller may name an address, each the wrong place to look for one. */
const NAMING = [
  ...["x-forwarded-for", "forwarded", "x-real-ip", "true-client-ip", "cf-connecting-ip"],
  ...["x-client-ip", "x-cluster-client-ip", "fastly-client-ip", "cloudfront-viewer-address"],
  "x-originating-ip",
];

/** Starts for a number each, from one address whose headers name another each time. */
async function startsUnderForgedNames(from: string, count: number): Promise<readonly Reply[]> {
  const answers: Reply[] = [];
  for (let index = 0; index < count; index += 1) {
    const forged = `198.51.100.${index + 1}`;
    const headers = Object.fromEntries(
      NAMING.map((name) => [name, name === "forwarded" ? `for=${forged}` : `${forged}, 10.0.0.1`]),
    );
    answers.push(await target.tryStart({ ...target.person(), from }, {}, headers));
  }
  return answers;
}

/** One address that has used up what it may owe, and the answers to that. Used up once, and refused until its window ends. */
const usedUp = once(async () => {
  target.turnToNextHour();
  const from = newAddress();
  return { from, answers: await startsUnderForgedNames(from, 40) };
});

it("B3: forty starts of one address are thirty, whatever addresses their headers name", async () => {
  const { answers } = await usedUp();
  expect(answers.map(isStarted)).toEqual(answers.map((_, index) => index < ipv4.max));
  // And the address beside it is not locked out with it, as where everybody has that of one proxy.
  expect(isStarted(await target.tryStart(target.person()))).toBe(true);
});

/** Starts for somebody new, asked by a back end for a client that it names. */
const startFor = (clientAddress?: unknown) =>
  target.askSigned({
    path: "/v1/server/verifications",
    body: { to: target.person().to, ...(clientAddress === undefined ? {} : { clientAddress }) },
  });

it("B4: a hundred addresses of one /64 are ten sends, and those of one /48 sixty", async () => {
  target.turnToNextHour();
  const neighbours = await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      startFor(`2001:db8:1:1::${(index + 1).toString(16)}`),
    ),
  );
  expect(neighbours.filter(isStarted)).toHaveLength(LIMITS.unverifiedSends["ipv6-64"].max);
  const site = await Promise.all(
    Array.from({ length: 60 }, (_, index) => startFor(`2001:db8:1:${(index + 2).toString(16)}::1`)),
  );
  const { "ipv6-48": site48, "ipv6-64": home } = LIMITS.unverifiedSends;
  expect(site.filter(isStarted)).toHaveLength(site48.max - home.max);
});

it("B5: clients without an address have five sends together", async () => {
  target.turnToNextHour();
  const answers: Reply[] = [];
  for (let index = 0; index < unknown.max + 3; index += 1) answers.push(await startFor());
  expect(answers.map(isStarted)).toEqual(answers.map((_, index) => index < unknown.max));
});

it("B9: a hundred requests at once send one message, where they ask for one number", async () => {
  target.turnToNextHour();
  const who = target.person();
  const before = await spentMicros();
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => target.tryStart({ ...who, from: newAddress() })),
  );
  expect(answers.filter(isStarted)).toHaveLength(1);
  expect(new Set(answers.map(resultOf))).toEqual(new Set([undefined, "too-many-sends"]));
  expect(target.sentTo(who)).toBe(1);
  expect((await spentMicros()) - before).toBe(SMS_MICROS);
});

const { sms: SMS_MICROS } = PRICES.destinations.GB;

/** All that was reserved for messages on this day. */
async function spentMicros(): Promise<number> {
  const day = new Date(target.now()).toISOString().slice(0, 10);
  return Number((await target.read(`spend#${day}#0`))["total"] ?? 0);
}

it("B10: at the edge of a client's window twice the limit passes, and not one more", async () => {
  target.turnToNextHour();
  target.turn(unknown.windowSeconds - 60);
  const answers: Reply[] = [];
  for (let index = 0; index < unknown.max + 1; index += 1) answers.push(await startFor());
  target.turn(60);
  for (let index = 0; index < unknown.max + 1; index += 1) answers.push(await startFor());
  expect(answers.filter(isStarted)).toHaveLength(2 * unknown.max);
});
