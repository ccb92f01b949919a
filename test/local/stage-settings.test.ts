import { decodeJwt } from "jose";
import { afterEach, expect, it } from "vitest";
import { environments } from "../../infra/environments.ts";
import { STAGES } from "../../infra/stages.ts";
import { synthesizedAssembly } from "../../local/assembly.ts";
import { type System, startSystem } from "../../local/system.ts";
import { parseTemplate, resourcesOf } from "../../local/template/template.ts";
import { NOWHERE } from "../support/nowhere.ts";

const limits = {
  codeLifetimeSeconds: 180,
  codeDigits: 8,
  secondsBetweenSends: 90,
  proofLifetimeSeconds: 120,
};
const { LIMITS } = environments({ ...STAGES.dev, limits }, NOWHERE)["start-verification"];

const systems: System[] = [];
afterEach(async () => {
  for (const system of systems.splice(0)) await system.stop();
});

/** The development stage whose functions are told something else, and nothing else. */
async function systemWith(told: Readonly<Record<string, string>>): Promise<System> {
  const { template, assemblyDirectory } = await synthesizedAssembly();
  const changed = parseTemplate(structuredClone(template));
  for (const [, { Properties }] of resourcesOf(changed, "AWS::Lambda::Function")) {
    const variables = Object(Object(Properties["Environment"])["Variables"]);
    for (const [name, value] of Object.entries(told))
      if (name in variables) variables[name] = value;
  }
  const assembly = { template: changed, assemblyDirectory };
  const system = await startSystem({ port: 0, engine: "dynalite", assembly });
  systems.push(system);
  return system;
}

async function ask({ url }: System, path: string, body: object) {
  const answer = await fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: Object(await answer.json()) };
}

const start = (system: System, to: string) => ask(system, "/v1/verifications", { to });

it("the limits of a stage hold in its functions, its message and its proof", async () => {
  const system = await systemWith({ LIMITS });
  const now = Date.now();
  const { body } = await start(system, "+447700900123");
  expect(body).toMatchObject({ codeLength: 8, checksRemaining: 5 });
  expect(Math.round((Date.parse(body.expiresAt) - now) / 10_000)).toBe(18);
  expect(Math.round((Date.parse(body.resendAt) - now) / 10_000)).toBe(9);
  const text = system.handset.messages()[0]?.text ?? "";
  expect(text).toContain("3 minutes");
  const code = /\b\d{8}\b/.exec(text)?.[0] ?? "";
  const path = `/v1/verifications/${body.id}/check`;
  expect((await ask(system, path, { code: code.slice(2) })).body).toMatchObject({
    code: "code-malformed",
    pointer: "/code",
  });
  const checked = await ask(system, path, { code });
  expect(checked.body).toMatchObject({ result: "approved", checksRemaining: 4 });
  const { iat = 0, exp = 0 } = decodeJwt(String(checked.body.proof));
  expect(exp - iat).toBe(120);
});

it("a development stage with live credentials sends to the numbers in its secret, and to no other", async () => {
  const system = await systemWith({ TWILIO_MODE: "live", TWILIO_RECIPIENTS: "listed" });
  expect((await start(system, "+447700900123")).status).toBe(201);
  const refused = await start(system, "+447700900124");
  expect([refused.status, refused.body.code, refused.body.reason]).toEqual([
    422,
    "phone-not-allowed",
    "not-a-recipient",
  ]);
  expect(system.handset.messages().map(({ to }) => to)).toEqual(["+447700900123"]);
});

it("a code goes out by the sender of its country, where the stage names one", async () => {
  const messagingServiceSid = `MG${"3d".repeat(16)}`;
  const senders = { FR: { messagingServiceSid } };
  const stage = { ...STAGES.dev, countries: ["GB", "FR"], senders } as const;
  const told = environments(stage, NOWHERE)["start-verification"];
  const { SMS_SENDERS, PHONE_COUNTRIES, SPEND_TERMS, SCOPE_TERMS } = told;
  const system = await systemWith({ SMS_SENDERS, PHONE_COUNTRIES, SPEND_TERMS, SCOPE_TERMS });
  for (const [to, from, service] of [
    ["+33612345678", null, messagingServiceSid],
    ["+447700900123", "+15005550006", null],
  ] as const) {
    const { status, body } = await start(system, to);
    expect([status, body]).toEqual([201, expect.anything()]);
    const { sid } = await system.handset.waitFor(to);
    expect(system.emulator.stored(sid)).toMatchObject({ from, messagingServiceSid: service });
  }
});
