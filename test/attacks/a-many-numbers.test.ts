import { describe, expect, it } from "vitest";
import { LIMITS } from "../../functions/policy/limits.ts";
import { attackedSystem, wrongCodes } from "./support/attacked-system.ts";
import { guessOn, newAddress, resultOf, retryAfterSeconds } from "./support/guessing.ts";
import type { Reply } from "./support/target.ts";

const target = attackedSystem();

const CHECKS = LIMITS.checksPerVerification;
const DAY_SECONDS = 86_400;

describe("A10: one guess at each of many numbers is bought with sends, which run out", () => {
  it("three hundred numbers from two addresses are sixty guesses", async () => {
    target.turnToNextHour();
    const { max } = LIMITS.unverifiedSends.ipv4;
    const addresses = [newAddress(), newAddress()];
    const victims = Array.from({ length: 300 }, (_, index) => ({
      ...target.person(),
      from: addresses[index % addresses.length] ?? "",
    }));
    const answers = await Promise.all(victims.map((victim) => target.tryStart(victim)));
    const started = answers.filter(({ status }) => status === 201);
    // The same guess everywhere, as whoever plays for one hit among many would.
    const checks = await Promise.all(
      started.map(({ body }) =>
        target.check({ id: String(body["id"]), from: newAddress() }, "748291"),
      ),
    );
    expect(checks.map(resultOf).filter((result) => result === "incorrect")).toHaveLength(
      addresses.length * max,
    );
    const refused = answers.filter(({ status }) => status !== 201);
    expect(new Set(refused.map(resultOf))).toEqual(new Set(["too-many-requests"]));
  });
});

describe("A11: a stranger without the id spends nothing of the victim's", () => {
  it("neither by ids that he makes up nor by starts of his own", async () => {
    const victim = await target.start();
    const code = await target.readCode(victim);
    const stranger = newAddress();
    const last = victim.id.endsWith("A") ? "B" : "A";
    const ids = [`${victim.id.slice(0, -1)}${last}`, victim.id.toLowerCase(), "v1-", victim.to];
    for (const id of ids)
      expect((await target.check({ id, from: stranger }, code)).status).toBe(404);
    target.turn(30);
    const own = await target.start({ to: victim.to, from: stranger });
    expect(own.id).not.toBe(victim.id);
    expect(await guessOn(target, own, await target.readCode(own))).toBe(CHECKS);
    expect((await target.check(victim, code)).body).toMatchObject({ result: "approved" });
  });

  it("and a stranger who burns the day's messages keeps its owner out for minutes", async () => {
    const owner = await target.start();
    const { ticket } = (await target.check(owner, await target.readCode(owner))).body;
    let last: Reply | undefined;
    for (let sent = 1; sent < 7; sent += 1) {
      target.turn(LIMITS.sendsPerNumber[1].windowSeconds / 2);
      last = await target.tryStart({ to: owner.to, from: newAddress() });
      expect(last.status).toBe(201);
    }
    target.turn(LIMITS.sendsPerNumber[1].windowSeconds / 2);
    const stranger = await target.tryStart({ to: owner.to, from: newAddress() });
    expect(retryAfterSeconds(stranger)).toBeGreaterThan(DAY_SECONDS / 2);
    expect((await target.tryStart(owner, { ticket })).status).toBe(201);
  });
});

describe("A12: an attacker who proves an own number", () => {
  it("has forgotten nothing of what he guessed at another", async () => {
    const { from } = target.person();
    const victim = await target.start({ ...target.person(), from });
    const code = await target.readCode(victim);
    for (const guess of wrongCodes(code, CHECKS)) {
      const own = await target.start({ ...target.person(), from });
      expect(resultOf(await target.check(own, await target.readCode(own)))).toBe("approved");
      expect(resultOf(await target.check(victim, guess))).toBe("incorrect");
    }
    expect(await target.numberItem(victim)).toMatchObject({ failures: CHECKS });
    expect(resultOf(await target.check(victim, code))).toBe("exhausted");
  });

  it("pays for four sends of his address, and not for one more", async () => {
    target.turnToNextHour();
    const { from } = target.person();
    const own = await target.start({ ...target.person(), from });
    const code = await target.readCode(own);
    expect(await sendsFrom(from)).toBe(LIMITS.unverifiedSends.ipv4.max - 1);
    await target.check(own, code);
    expect(await sendsFrom(from)).toBe(LIMITS.decrementPerApproval);
  });

  it("or ten times over is paid ahead by one limit, and no further", async () => {
    target.turnToNextHour();
    const { max } = LIMITS.unverifiedSends["client-unknown"];
    const path = "/v1/server/verifications";
    const startFor = (to: string) => target.askSigned({ path, body: { to } });
    for (let proven = 0; proven < 10; proven += 1) {
      const own = target.person();
      const id = String((await startFor(own.to)).body["id"]);
      const code = await target.readCode(own);
      expect(resultOf(await target.check({ id, from: own.from }, code))).toBe("approved");
    }
    let sent = 0;
    while ((await startFor(target.person().to)).status === 201) sent += 1;
    expect(sent).toBeGreaterThan(max);
    expect(sent).toBeLessThan(2 * max + LIMITS.decrementPerApproval);
  });

  /** Starts for one number after the other until the address is refused. */
  async function sendsFrom(from: string): Promise<number> {
    for (let sent = 0; ; sent += 1) {
      const { status, body } = await target.tryStart({ ...target.person(), from });
      if (status === 201) continue;
      expect(body["code"]).toBe("too-many-requests");
      return sent;
    }
  }
});
