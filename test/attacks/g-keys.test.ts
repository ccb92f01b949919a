import { describe, expect, it } from "vitest";
import { keyIdIn } from "../../functions/verification/api-key.ts";
import { otherThan } from "../support/deps.ts";
import { keyMaker } from "../support/key-maker.ts";
import { attackedSystem } from "./support/attacked-system.ts";

const attacked = attackedSystem();
const { ask, person, readCode, sentTo, turn, turnToNextHour } = attacked;
const { operate, makeKey } = keyMaker(() => attacked.system());

const SECONDS_UNTIL_READ_AGAIN = 11;
const fresh = async (settings = {}) => {
  const made = await makeKey(settings);
  // A container has read the keys that there were.
  turn(SECONDS_UNTIL_READ_AGAIN);
  return made;
};
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const startWith = (key: string, to: string, more = {}, headers = {}) => {
  const path = "/v1/keyed/verifications";
  return ask({ path, headers: { ...bearer(key), ...headers }, body: { to, ...more } });
};
const checkWith = (key: string, to: string, code: string) =>
  ask({ path: "/v1/keyed/verifications/check", headers: bearer(key), body: { to, code } });

/** A key with another secret and a checksum that fits: what a guesser makes who knows an id. */
async function forged(key: string): Promise<string> {
  const { crc32 } = await import("node:zlib");
  const body = `${key.slice(0, -10)}${key.at(-10) === "0" ? "1" : "0"}`;
  return `${body}_${crc32(body).toString(16).padStart(8, "0")}`;
}

describe("G1: a key", () => {
  it("that is guessed, mistyped, missing or of another form is refused, and nothing is sent", async () => {
    const { key, id } = await fresh();
    const guess = await forged(key);
    expect(keyIdIn(guess)).toBe(id);
    const { to } = person();
    for (const wrong of [guess, otherThan(key.slice(-1)) + key, key.toUpperCase(), ""]) {
      const { status, body } = await startWith(wrong, to);
      expect([status, body["code"]]).toEqual([401, "api-key-invalid"]);
    }
    expect(sentTo({ to })).toBe(0);
    expect((await startWith(key, to)).status).toBe(201);
  });

  it("that is revoked or expired is refused within ten seconds", async () => {
    const { key, id } = await fresh({ seconds: 3_600 });
    const { to } = person();
    await operate({ command: "keys-revoke", id });
    turn(SECONDS_UNTIL_READ_AGAIN);
    expect((await startWith(key, to)).body["code"]).toBe("api-key-invalid");
    const short = await fresh({ seconds: 60 });
    turn(60);
    expect((await startWith(short.key, to)).body["code"]).toBe("api-key-invalid");
    expect(sentTo({ to })).toBe(0);
  });

  it("is bound to its networks and its rights", async () => {
    const elsewhere = await fresh({ networks: ["203.0.113.0/24"] });
    const checksOnly = await fresh({ rights: ["check"] });
    const near = await fresh({ networks: ["127.0.0.0/8"] });
    const { to } = person();
    for (const { key } of [elsewhere, checksOnly]) {
      const { status, body } = await startWith(key, to);
      expect([status, body["code"]]).toEqual([403, "api-key-not-allowed"]);
    }
    expect(sentTo({ to })).toBe(0);
    expect((await startWith(near.key, to)).status).toBe(201);
  });

  it("sends no more messages a day than its own, and refused and repeated ones are not counted", async () => {
    turnToNextHour();
    const { key } = await fresh({ sendsPerDay: 2 });
    const people = [person(), person(), person()];
    expect((await startWith(key, "+442079460018")).body["code"]).toBe("phone-not-allowed");
    const answers = [];
    for (const { to } of people.flatMap((one) => [one, one]))
      answers.push(await startWith(key, to, {}, { "idempotency-key": `the-start-of-${to}` }));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 429, 429, 429]);
    expect(answers[5]?.body["code"]).toBe("api-key-spent");
    expect(sentTo(people[2] ?? { to: "" })).toBe(0);
  });

  it("stays good beside the one that it is rotated to, until the overlap is over", async () => {
    const { key, id } = await fresh();
    const rotated = await operate({
      command: "keys-rotate",
      id,
      seconds: 86_400,
      overlapSeconds: 600,
    });
    if (rotated.kind !== "key-created") throw new Error("no key");
    turn(SECONDS_UNTIL_READ_AGAIN);
    expect((await startWith(rotated.key, person().to)).status).toBe(201);
    expect((await startWith(key, person().to)).status).toBe(201);
    turn(600);
    expect((await startWith(key, person().to)).status).toBe(401);
    expect((await startWith(rotated.key, person().to)).status).toBe(201);
  });

  it("opens no signed route, and no page may use one", async () => {
    const { key } = await fresh();
    const { to } = person();
    const signedRoute = await ask({
      path: "/v1/server/verifications",
      headers: bearer(key),
      body: { to },
    });
    expect(signedRoute.status).toBe(403);
    const page = await ask({
      path: "/v1/keyed/verifications",
      headers: { ...bearer(key), origin: attacked.system().url },
      body: { to },
    });
    expect(page.body["code"]).toBe("origin-not-allowed");
    expect(sentTo({ to })).toBe(0);
  });
});

describe("G2: a check by number", () => {
  it("approves the newest verification of the app, once", async () => {
    const { key } = await fresh();
    const { to } = person();
    await startWith(key, to);
    const code = await readCode({ to });
    const wrong = await checkWith(key, to, otherThan(code));
    expect(wrong.body).toMatchObject({ result: "incorrect", checksRemaining: 4 });
    const right = await checkWith(key, to, code);
    expect(right.body).toMatchObject({ result: "approved", proof: expect.any(String) });
    expect((await checkWith(key, to, code)).body).toMatchObject({ result: "used" });
  });

  it("finds nothing of another app, nor of a page, and spends no check of theirs", async () => {
    const { key } = await fresh();
    const other = await fresh({ app: "other" });
    const { to } = person();
    await startWith(key, to);
    const code = await readCode({ to });
    expect((await checkWith(other.key, to, code)).status).toBe(404);
    expect((await checkWith(key, to, code)).body).toMatchObject({
      result: "approved",
      checksRemaining: 4,
    });
    const visitor = await attacked.start();
    const pageCode = await readCode(visitor);
    expect((await checkWith(key, visitor.to, pageCode)).status).toBe(404);
    expect((await attacked.check(visitor, pageCode)).body).toMatchObject({ result: "approved" });
  });
});
