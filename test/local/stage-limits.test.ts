import { decodeJwt } from "jose";
import { afterAll, beforeAll, expect, it } from "vitest";
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

let system: System;
beforeAll(async () => {
  const { template, assemblyDirectory } = await synthesizedAssembly();
  const limited = parseTemplate(structuredClone(template));
  for (const [, { Properties }] of resourcesOf(limited, "AWS::Lambda::Function")) {
    const variables = Object(Object(Properties["Environment"])["Variables"]);
    if ("LIMITS" in variables) variables["LIMITS"] = LIMITS;
  }
  const assembly = { template: limited, assemblyDirectory };
  system = await startSystem({ port: 0, engine: "dynalite", assembly });
});
afterAll(() => system.stop());

async function ask(path: string, body: object) {
  const answer = await fetch(system.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: Object(await answer.json()) };
}

it("the limits of a stage hold in its functions, its message and its proof", async () => {
  const now = Date.now();
  const { body } = await ask("/v1/verifications", { to: "+447700900123" });
  expect(body).toMatchObject({ codeLength: 8, checksRemaining: 5 });
  expect(Math.round((Date.parse(body.expiresAt) - now) / 10_000)).toBe(18);
  expect(Math.round((Date.parse(body.resendAt) - now) / 10_000)).toBe(9);
  const text = system.handset.messages()[0]?.text ?? "";
  expect(text).toContain("3 minutes");
  const code = /\b\d{8}\b/.exec(text)?.[0] ?? "";
  const path = `/v1/verifications/${body.id}/check`;
  expect((await ask(path, { code: code.slice(2) })).body).toMatchObject({
    code: "code-malformed",
    pointer: "/code",
  });
  const checked = await ask(path, { code });
  expect(checked.body).toMatchObject({ result: "approved", checksRemaining: 4 });
  const { iat = 0, exp = 0 } = decodeJwt(String(checked.body.proof));
  expect(exp - iat).toBe(120);
});
