import { expect, it } from "vitest";
import type { Phone } from "../../functions/verification/identifiers.ts";
import type { Message } from "../../functions/verification/ports.ts";
import { attackedSystem } from "./support/attacked-system.ts";
import { newAddress, resultOf } from "./support/guessing.ts";
import { numberSpellings } from "./support/number-spellings.ts";
import type { Reply } from "./support/target.ts";

/** A stage that takes national numbers too, so that there is more than one spelling to play with. */
const target = attackedSystem({ environment: { DEFAULT_COUNTRY: "GB" } });

const isStarted = ({ status }: Reply) => status === 201;
const texts = () => target.system().handset.messages().length;

/** The spellings of a number of fiction, E.164 and the national one among them. */
const spellingsOf = (national: string) => [
  `+44${national}`,
  ...Object.values(numberSpellings(national)),
];

it("B1: a number in whatever spelling that libraries fold together is one number or none", async () => {
  const { to } = target.person();
  const before = texts();
  const answers = await Promise.all(
    spellingsOf(to.slice(3)).map((spelling) =>
      target.tryStart({ to: spelling, from: newAddress() }),
    ),
  );
  const taken = answers.filter(({ status }) => status !== 422);
  expect(taken.filter(isStarted)).toHaveLength(1);
  // The two spellings that a number has here: the other one found that its turn was taken.
  expect(taken.map(resultOf).filter((code) => code === "too-many-sends")).toHaveLength(1);
  expect(new Set(answers.filter(({ status }) => status === 422).map(resultOf))).toEqual(
    new Set(["phone-invalid"]),
  );
  expect([texts() - before, target.sentTo({ to })]).toEqual([1, 1]);
});

it("B2: the number that is judged, limited and sent to is one value", async () => {
  const national = target.person();
  const started = await target.tryStart({ ...national, to: `0${national.to.slice(3)}` });
  expect(isStarted(started)).toBe(true);
  expect(target.sentTo(national)).toBe(1);
  // Premium, personal and landline numbers in the spelling that is folded.
  for (const to of ["09098790000", "07012345678", "02079460018", "0033612345678"])
    expect((await target.tryStart({ to, from: newAddress() })).status).toBe(422);
  for (const { to } of target.system().handset.messages()) expect(to).toMatch(/^\+447700900\d{3}$/);
});

it("B2: and no text that was not judged can be sent to: it does not compile", () => {
  const judged = (to: Phone): Pick<Message, "to"> => ({ to });
  // @ts-expect-error a text is no number
  expect(judged("+447700900123")).toEqual({ to: "+447700900123" });
});

const START = "/v1/verifications";
const PATHS = [
  ...[`${START}/`, `${START}//`, `/${START}`, "/v1//verifications", "/v1/./verifications"],
  ...["/v1/x/../verifications", "/v1/%2e/verifications", "/v1/x/%2e%2e/verifications"],
  ...["/v1%2fverifications", "/v1/verifications%2f", "/v1/verification%73"],
  ...["/%76%31/verifications", "/v1/verification%2573", "/V1/verifications"],
  ...["/v1/Verifications", "/v1/VERIFICATIONS", `${START};a=b`, `${START};jsessionid=1`],
  ...[`${START}.json`, `${START}%00`, `${START}%20`, `${START}%09`, `${START}%0d%0a`],
  ...[`${START}?`, `${START}?x=1&x=2`, `${START}%23x`, `${START}/.//`, "/v2/verifications"],
  ...["/dev/v1/verifications", "/prod/v1/verifications", "/verifications"],
  ...["/v1/server/verifications", "/v1/server/../verifications", "/v1/%73erver/verifications"],
];

/** Each asked for the same number from an address of its own: it has had its message. */
async function leadsNowhere(method: string, path: string, to: string, more = {}): Promise<void> {
  const sent = JSON.stringify({ to });
  // Said by hand, since some verbs have no body of their own.
  const length = { "content-length": String(sent.length) };
  const headers = { "content-type": "application/json", ...length, ...more };
  const { status, body } = await target.ask({ method, path, body: sent, headers });
  const outcome = method === "HEAD" ? "no body" : (body["code"] ?? "nothing");
  expect([404, 429, 403, 204], `${method} ${path}`).toContain(status);
  expect(
    // 20404 is Twilio's code for it, below /v2.
    ["route-not-found", 20_404, "too-many-sends", "no body", "nothing"],
    `${method} ${path}`,
  ).toContain(outcome);
}

it("B8: a path or a verb that is bent by slashes, dots, escapes, letters, parameters and other stages leads nowhere, or to the same limits", async () => {
  const victim = await target.start();
  for (const path of PATHS) await leadsNowhere("POST", path, victim.to);
  for (const method of ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"])
    await leadsNowhere(method, START, victim.to);
  for (const name of [
    "x-http-method-override",
    "x-original-url",
    "x-rewrite-url",
    "x-forwarded-path",
  ])
    await leadsNowhere("POST", START, victim.to, { [name]: "/v1/server/verifications" });
  expect(target.sentTo(victim)).toBe(1);
});

it("B12: another number, channel or wait than a verification has is refused by the API", async () => {
  const victim = await target.start();
  target.turn(30);
  for (const body of [{ to: target.person().to }, { resendAt: "2020-01-01T00:00:00Z" }])
    expect(resultOf(await target.resend(victim, body))).toBe("body-invalid");
  expect(target.sentTo(victim)).toBe(1);
});
