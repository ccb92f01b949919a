import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { System } from "../../local/system.ts";
import { startPatientSystem } from "../support/patient-system.ts";

let system: System;
beforeAll(async () => {
  system = await startPatientSystem({ challenged: true });
});
afterAll(() => system.stop());

const start = (body: Readonly<Record<string, unknown>>) =>
  fetch(`${system.url}/v1/verifications`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

async function aToken(): Promise<string> {
  const answer = await fetch(`${system.url}/challenge/token`, { method: "POST" });
  return Object(await answer.json())["token"];
}

describe("a start where everybody is challenged", () => {
  it("is refused without a token, with all that a page needs to show the widget", async () => {
    const answer = await start({ to: "+447700900140" });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({
      code: "challenge-required",
      challenge: { provider: "turnstile", siteKey: "local-emulator", action: "latchkey-start" },
    });
  });

  it("is done with a token, which works once", async () => {
    const challenge = await aToken();
    expect((await start({ to: "+447700900141", challenge })).status).toBe(201);
    expect((await start({ to: "+447700900142", challenge })).status).toBe(403);
  });

  it("is refused with a token that nobody issued", async () => {
    expect((await start({ to: "+447700900143", challenge: "made up" })).status).toBe(403);
  });
});
