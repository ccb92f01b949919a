import fc from "fast-check";
import { expect, it } from "vitest";
import { LIMITS } from "../../functions/policy/limits.ts";
import { otherThan } from "../support/deps.ts";
import { attackedSystem, type Started } from "./support/attacked-system.ts";
import { guessOn, newAddress, resultOf } from "./support/guessing.ts";
import type { Reply } from "./support/target.ts";

const target = attackedSystem();

const PARALLEL = 100;
const LIFE_SECONDS = LIMITS.codeLifetimeSeconds;
const resultsOf = (answers: readonly Reply[]) => new Set(answers.map(resultOf));

it("A2: a hundred right codes at once are one approval, with one proof, one ticket and one report to Twilio", async () => {
  const victim = await target.aVictim();
  const answers = await Promise.all(
    Array.from({ length: PARALLEL }, () =>
      target.check({ ...victim, from: newAddress() }, victim.code),
    ),
  );
  expect(answers.filter((answer) => resultOf(answer) === "approved")).toHaveLength(1);
  expect(answers.filter(({ body }) => "proof" in body || "ticket" in body)).toHaveLength(1);
  expect(resultsOf(answers)).toEqual(new Set(["approved", "used"]));
  const { emulator, handset } = target.system();
  const sid = handset.messages().find(({ to }) => to === victim.to)?.sid ?? "";
  await expect.poll(() => emulator.feedback(sid)).toEqual(["confirmed"]);
});

it("A3: a used code is worth nothing again, later, from elsewhere or by another door", async () => {
  const victim = await target.aVictim();
  expect(resultOf(await target.check(victim, victim.code))).toBe("approved");
  const path = `/v1/server/verifications/${victim.id}/check`;
  const again = [
    await target.check(victim, victim.code),
    await target.check({ ...victim, from: newAddress() }, victim.code),
    await target.check(victim, victim.code, { "idempotency-key": "a3-another-request-key" }),
    await target.askSigned({ path, body: { code: victim.code } }),
  ];
  expect(resultsOf(again)).toEqual(new Set(["used"]));
  const shown = await target.ask({ method: "GET", path: `/v1/verifications/${victim.id}` });
  expect(shown.body).not.toHaveProperty("proof");
  for (const answer of again) expect(answer.body).not.toHaveProperty("proof");
  target.turn(LIMITS.proofLifetimeSeconds);
  expect(resultOf(await target.check(victim, victim.code))).toBe("used");
});

it("A13: after each end of a verification a right code and a wrong one get one answer", async () => {
  const expired = await target.aVictim();
  target.turn(LIFE_SECONDS);
  const [canceled, exhausted, approved] = [
    await target.aVictim(),
    await target.aVictim(),
    await target.aVictim(),
  ];
  await target.ask({ method: "DELETE", path: `/v1/verifications/${canceled.id}` });
  await guessOn(target, exhausted, exhausted.code);
  await target.check(approved, approved.code);
  for (const victim of [expired, canceled, exhausted, approved]) {
    const never = otherThan(victim.code, 500_000);
    const [right, wrong] = [
      await target.check(victim, victim.code),
      await target.check(victim, never),
    ];
    expect(right.body).toEqual(wrong.body);
  }
});

/** Asks for checks with these bodies, and finds each refused, nothing proven, and the verification as it was. */
async function allRefused(victim: Started, bodies: readonly string[]): Promise<void> {
  const before = await target.item(victim);
  for (const body of bodies) {
    const answer = await target.ask({ path: `/v1/verifications/${victim.id}/check`, body });
    expect([400, 422], body).toContain(answer.status);
    expect(["body-invalid", "code-malformed"], body).toContain(answer.body["code"]);
    expect(answer.text).not.toContain("proof");
  }
  expect(await target.item(victim)).toEqual(before);
}

it("A15: nothing but six digits is compared with a code, whatever has become of the verification", async () => {
  const expired = await target.aVictim();
  target.turn(LIFE_SECONDS);
  const [pending, approved, canceled, exhausted] = [
    await target.aVictim(),
    await target.aVictim(),
    await target.aVictim(),
    await target.aVictim(),
  ];
  await target.check(approved, approved.code);
  await target.ask({ method: "DELETE", path: `/v1/verifications/${canceled.id}` });
  await guessOn(target, exhausted, exhausted.code);
  const values = [
    ...["true", "false", "null", "0", "1", '""', "[]", '[""]', "{}", '{"$ne":null}', "NaN"],
  ];
  for (const victim of [pending, approved, canceled, exhausted, expired])
    await allRefused(victim, [
      "{}",
      "[]",
      "null",
      '""',
      ...values.map((value) => `{"code":${value}}`),
    ]);
  expect(resultOf(await target.check(pending, pending.code))).toBe("approved");
});

it.each([
  ["one", 12_346, "012346"],
  ["three", 123, "000123"],
  ["five", 7, "000007"],
])(
  "A16: a code keeps its zeros: %s before it, and without them it is none",
  async (_, drawn, code) => {
    target.draw(drawn);
    const victim = await target.aVictim();
    expect(victim.code).toBe(code);
    await allRefused(victim, [`{"code":${drawn}}`, `{"code":"${drawn}"}`, `{"code":"0${code}"}`]);
    expect(resultOf(await target.check(victim, code))).toBe("approved");
  },
);

it("A17: only the code itself is the code: no space, sign, script, exponent or NUL is folded away", async () => {
  const victim = await target.aVictim();
  const { code } = victim;
  const inDigitsFrom = (zero: number) =>
    code.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));
  const around = [
    ...[" ", "\t", "\n", "\r\n", "\0", "+", "-", "0", ".0", "e0", "%00", "\u00a0", "\u200b"],
    ...["\ufeff", "#", ";"],
  ];
  const spellings = [
    ...around.flatMap((mark) => [
      `${mark}${code}`,
      `${code}${mark}`,
      `${code.slice(0, 3)}${mark}${code.slice(3)}`,
    ]),
    ...[0x0660, 0x06f0, 0x0966, 0xff10, 0x1d7ce].map(inDigitsFrom),
    `0x${Number(code).toString(16)}`,
    encodeURIComponent(`"${code}"`),
    `${code}${code}`,
  ];
  await allRefused(
    victim,
    spellings.map((spelling) => JSON.stringify({ code: spelling })),
  );
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme", maxLength: 12 }), async (text) => {
      fc.pre(!/^\d{6}$/.test(text));
      await allRefused(victim, [JSON.stringify({ code: text })]);
    }),
    { numRuns: 60 },
  );
  expect((await target.check(victim, code)).body).toMatchObject({ result: "approved" });
  expect(await target.item(victim)).toMatchObject({ checks: 1 });
});

const twoCodes = ([first = "", second = ""]: readonly string[]) => [
  ...[`["${first}","${second}"]`, `[{"code":"${first}"},{"code":"${second}"}]`],
  ...[`{"code":["${first}","${second}"]}`, `{"code":{"0":"${first}","1":"${second}"}}`],
  ...[`{"code":"${first}","code":"${second}"}`, `{"code":"${first}","\\u0063ode":"${second}"}`],
  ...[`{"code":"${first}","Code":"${second}"}`, `{"code":"${first}","codes":["${second}"]}`],
  `{"code":"${first}","__proto__":{"code":"${second}"}}`,
  ...[`{"code":"${first}"}{"code":"${second}"}`, `{"code":"${first}"}\n{"code":"${second}"}`],
  `{"code":"${first},${second}"}`,
  `{"query":"mutation{a:check(code:\\"${first}\\"){ok} b:check(code:\\"${second}\\"){ok}}"}`,
];

it("A18: one request is one guess, and a list, a batch or a field given twice is none, with the right code first or last", async () => {
  const victim = await target.aVictim();
  const pair = [otherThan(victim.code), victim.code];
  await allRefused(victim, [...twoCodes(pair), ...twoCodes(pair.toReversed())]);
});

it("A20: a code ends after five minutes by the clock of the write, whatever the table still holds", async () => {
  const [early, late] = [await target.aVictim(), await target.aVictim()];
  target.turn(LIFE_SECONDS - 30);
  expect(resultOf(await target.check(early, early.code))).toBe("approved");
  target.turn(30);
  expect((await target.check(late, late.code)).body).toMatchObject({
    result: "expired",
    status: "expired",
  });
  expect(await target.item(late)).toMatchObject({ checks: 0 });
});
