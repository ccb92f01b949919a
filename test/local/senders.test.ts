import { afterAll, beforeAll, expect, it } from "vitest";
import { environments } from "../../infra/environments.ts";
import { STAGES } from "../../infra/stages.ts";
import type { System } from "../../local/system.ts";
import { startSystem } from "../../local/system.ts";
import { rigged } from "../attacks/support/rig.ts";
import { NOWHERE } from "../support/nowhere.ts";

const messagingServiceSid = `MG${"3d".repeat(16)}`;
const stage = {
  ...STAGES.dev,
  countries: ["GB", "FR"],
  senders: { FR: { messagingServiceSid } },
} as const;
const { SMS_SENDERS, PHONE_COUNTRIES, SPEND_TERMS, SCOPE_TERMS } = environments(stage, NOWHERE)[
  "start-verification"
];

let system: System;
beforeAll(async () => {
  const { assembly } = await rigged({ SMS_SENDERS, PHONE_COUNTRIES, SPEND_TERMS, SCOPE_TERMS });
  system = await startSystem({ port: 0, engine: "dynalite", assembly });
});
afterAll(() => system.stop());

it.each([
  ["+33612345678", null, messagingServiceSid],
  ["+447700900123", "+15005550006", null],
])("a code to %s goes out by the sender of its country", async (to, from, service) => {
  const answer = await fetch(`${system.url}/v1/verifications`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ to }),
  });
  expect([answer.status, await answer.json()]).toEqual([201, expect.anything()]);
  const { sid } = await system.handset.waitFor(to);
  expect(system.emulator.stored(sid)).toMatchObject({ from, messagingServiceSid: service });
});
