import { expect, it } from "vitest";
import type { Answer } from "../../functions/http/answer.ts";
import { LIMITS } from "../../functions/policy/limits.ts";
import { aBackEnd } from "../support/back-end.ts";
import { fictionalNumber, newestCode, otherThan } from "../support/deps.ts";
import { describeOnEngine } from "../support/engine-tables.ts";

const PARALLEL = 30;
const TO = fictionalNumber(1);
const FORM = { To: TO, Channel: "sms" };

const many = (work: (index: number) => Promise<Answer>) =>
  Promise.all(Array.from({ length: PARALLEL }, (_, index) => work(index)));
const count = (answers: readonly Answer[], name: string, value: unknown) =>
  answers.filter(({ body = {} }) => body[name] === value).length;

describeOnEngine(`${PARALLEL} requests of back ends at once`, ({ freshTable }) => {
  const backEnd = async (sendsPerDay?: number) => aBackEnd((await freshTable()).table, sendsPerDay);

  /** The same guess by number, in our form and in Twilio's by turns. */
  const guessBy = ({ ask, askTwilio }: Awaited<ReturnType<typeof backEnd>>) => {
    return (code: string, index: number) =>
      index % 2 === 0
        ? ask("/check", { to: TO, code, clientAddress: "192.0.2.1" })
        : askTwilio("VerificationCheck", { To: TO, Code: code });
  };

  it("check by number: the allowed checks are used up exactly, and the right code comes too late", async () => {
    const made = await backEnd();
    await made.askTwilio("Verifications", FORM);
    const code = newestCode(made.deps);
    const guess = guessBy(made);
    const answers = await many((index) => guess(otherThan(code, index + 1), index));
    const counted = count(answers, "result", "incorrect") + count(answers, "valid", false);
    expect(counted).toBe(LIMITS.checksPerVerification);
    expect((await guess(code, 0)).body).toMatchObject({ result: "exhausted" });
    expect((await guess(code, 1)).body).toMatchObject({ code: 60202 });
  });

  it("check by number with the right code: one of them is approved, with the one proof", async () => {
    const made = await backEnd();
    await made.askTwilio("Verifications", FORM);
    const code = newestCode(made.deps);
    const answers = await many((index) => guessBy(made)(code, index));
    const approved = count(answers, "result", "approved") + count(answers, "valid", true);
    expect(approved).toBe(1);
    const proofs = answers.filter(({ body = {} }) => "proof" in body || "latchkey_proof" in body);
    expect(proofs).toHaveLength(1);
    expect(made.deps.approvedMessages).toHaveLength(1);
  });

  it("start in Twilio's shape for one number: one message, and of another code again one, under the same sid", async () => {
    const { deps, askTwilio } = await backEnd();
    const sids = new Set<unknown>();
    for (const messages of [1, 2, 3]) {
      const answers = await many(() => askTwilio("Verifications", FORM));
      const [sent] = answers.filter(({ status }) => status === 201);
      sids.add(sent?.body?.["sid"]);
      expect(count(answers, "code", 60203)).toBe(PARALLEL - 1);
      expect(deps.messages).toHaveLength(messages);
      deps.time.now += 30_000;
    }
    expect(sids.size).toBe(1);
  });

  it("start for many numbers: the key sends its messages of the day and none more", async () => {
    const { deps, ask } = await backEnd(7);
    const answers = await many((index) =>
      ask("", { to: fictionalNumber(index), clientAddress: `198.51.100.${index}` }),
    );
    expect(deps.messages).toHaveLength(7);
    expect(count(answers, "code", "api-key-spent")).toBe(PARALLEL - 7);
  });
});
