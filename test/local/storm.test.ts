import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { System } from "../../local/system.ts";
import { startPatientSystem } from "../support/patient-system.ts";

/** Every number asks once; where Latchkey answers that nothing was sent, once more. Few enough for what an hour may cost. */
const NUMBERS = Array.from(
  { length: 48 },
  (_, index) => `+4477009${String(index).padStart(5, "0")}`,
);
const AT_ONCE = 6;
/** The longest lateness is then under a second. */
const SECOND_MILLISECONDS = 5;

type Outcome = {
  readonly to: string;
  /** Of each start of this number. */
  readonly statuses: readonly number[];
  readonly id?: string;
  readonly delivery?: string;
  /** Of the check, where the message came. */
  readonly result?: string;
  /** Of the resend, where the first message did not come. */
  readonly resent?: number;
};

/** A number takes its next turn after half a minute, and a test cannot turn the clock of the functions. */
const UNTIL_NEXT_TURN_MILLISECONDS = 31_000;

describe("in a storm, the whole system", () => {
  let system: System;
  const outcomes: Outcome[] = [];
  /** Those who got nothing at first, and asked for another code. */
  const again: Outcome[] = [];
  beforeAll(async () => {
    system = await startPatientSystem({
      weather: { name: "storm", seed: 4 },
      secondMilliseconds: SECOND_MILLISECONDS,
    });
    const waiting = [...NUMBERS];
    const work = async (): Promise<void> => {
      for (let to = waiting.shift(); to !== undefined; to = waiting.shift())
        outcomes.push(await live(to));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    await setTimeout(UNTIL_NEXT_TURN_MILLISECONDS);
    for (const outcome of outcomes.filter(
      ({ id, result }) => id !== undefined && result === undefined,
    ))
      again.push(await askAgain(outcome));
  });
  afterAll(() => system.stop());

  async function post(path: string, body: object, key = randomUUID()) {
    const response = await fetch(`${system.url}/v1/verifications${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": key },
      body: JSON.stringify(body),
    });
    const answer: Record<string, unknown> = Object(await response.json());
    return { status: response.status, answer };
  }

  /** Starts, starts again with the same key, waits for the message, and types its code. */
  async function live(to: string): Promise<Outcome> {
    const statuses: number[] = [];
    for (let starts = 0; starts < 2; starts += 1) {
      const key = randomUUID();
      const { status, answer } = await post("", { to }, key);
      statuses.push(status);
      if (status !== 201) {
        // Any other refusal would be ours, and hide what the storm does.
        expect(answer["code"]).toBe("provider-unavailable");
        continue;
      }
      const again = await post("", { to }, key);
      expect(again).toMatchObject({ status: 201, answer: { id: answer["id"] } });
      const id = String(answer["id"]);
      const delivery = String(answer["delivery"]);
      const arrived = await system.handset.waitFor(to).catch(() => undefined);
      return { to, statuses, id, delivery, ...(await typed(id, arrived?.text)) };
    }
    return { to, statuses };
  }

  /** Types the code of a message, if one came. */
  async function typed(id: string, text = ""): Promise<Pick<Outcome, "result">> {
    const code = /\d{6}/.exec(text)?.[0];
    if (code === undefined) return {};
    const checked = await post(`/${id}/check`, { code });
    return { result: String(checked.answer["result"]) };
  }

  /** Asks for another code, twice with one key, and types it where it comes. */
  async function askAgain(outcome: Outcome): Promise<Outcome> {
    const { to, id = "" } = outcome;
    const key = randomUUID();
    const { status } = await post(`/${id}/resend`, {}, key);
    if (status !== 202) return { ...outcome, resent: status };
    const repeated = await post(`/${id}/resend`, {}, key);
    expect(repeated.status).toBe(202);
    const arrived = await system.handset.waitFor(to).catch(() => undefined);
    return { ...outcome, resent: status, ...(await typed(id, arrived?.text)) };
  }

  const arrivedAt = (number: string) =>
    system.handset.messages().filter(({ to }) => to === number).length;
  const lostOf = (number: string) =>
    system.emulator
      .incidents()
      .filter(
        ({ to, sid, what }) => to === number && sid !== "" && what.includes("lost on its way"),
      ).length;

  it("meets every kind of trouble: faults, losses, lateness", () => {
    const words = system.emulator.incidents().flatMap(({ what }) => what);
    expect(words).toContain("lost on its way");
    expect(words.some((word) => word.endsWith("s late"))).toBe(true);
    expect(words.some((word) => word.startsWith("Twilio ") || word.startsWith("the conn"))).toBe(
      true,
    );
  });

  it("sends nothing twice: a number got one message at most for each time it asked, whatever Twilio answered", () => {
    const sent = NUMBERS.map((number) => arrivedAt(number) + lostOf(number));
    const asked = (number: string) => (again.some(({ to }) => to === number) ? 2 : 1);
    for (const number of NUMBERS)
      expect(arrivedAt(number) + lostOf(number)).toBeLessThanOrEqual(asked(number));
    expect(sent.filter((count) => count > 0).length).toBeGreaterThan(NUMBERS.length * 0.85);
  });

  it("loses no verification: each person with a message is approved, and each without one may ask again", () => {
    for (const { to, statuses, id, result } of outcomes) {
      expect([201, 503]).toContain(statuses.at(-1));
      const isLater = again.some((one) => one.to === to);
      if (arrivedAt(to) > 0 && !isLater) expect(result).toBe("approved");
      // Without one, Twilio refused it or lost it, and the verification is there to ask again with.
      else if (id !== undefined) expect(result).toBeUndefined();
    }
    expect(outcomes).toHaveLength(NUMBERS.length);
  });

  it("reports an unknown delivery where Twilio gave no answer, and a failure only where nothing was sent", () => {
    for (const { to, statuses, delivery } of outcomes) {
      const wentOn = system.emulator
        .incidents()
        .some((one) => one.to === to && one.what.some((word) => word.includes("all the same")));
      if (wentOn) expect({ to, statuses, delivery }).toMatchObject({ delivery: "unknown" });
      if (statuses.at(-1) === 503) expect(arrivedAt(to) + lostOf(to)).toBe(0);
    }
  });

  it("lets a person without a message ask again, and approves the code that comes then", () => {
    expect(again.length).toBeGreaterThan(0);
    for (const { resent, result, to } of again) {
      expect([202, 503]).toContain(resent);
      if (arrivedAt(to) > 0) expect(result).toBe("approved");
    }
    expect(again.some(({ result }) => result === "approved")).toBe(true);
  });

  it("keeps every verification", async () => {
    const last = outcomes.map((outcome) => again.find(({ to }) => to === outcome.to) ?? outcome);
    for (const { id, result } of last) {
      if (id === undefined) continue;
      const response = await fetch(`${system.url}/v1/verifications/${id}`);
      const body: Record<string, unknown> = Object(await response.json());
      expect(body["status"]).toBe(result ?? "pending");
    }
    expect.assertions(outcomes.filter(({ id }) => id !== undefined).length);
  });
});
