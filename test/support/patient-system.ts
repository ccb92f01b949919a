import { afterAll } from "vitest";
import { type System, type SystemOptions, startSystem } from "../../local/system.ts";
import { rigged } from "../attacks/support/rig.ts";

/** The whole system on a free port. Its functions wait for AWS twenty times as long, so that no request fails because the machine is busy. */
export async function startPatientSystem(options: Partial<SystemOptions> = {}): Promise<System> {
  const { assembly } = await rigged();
  return startSystem({ port: 0, engine: "dynalite", assembly, ...options });
}

/** The same for one file, at whose end it stops. */
export async function systemOfFile(options: Partial<SystemOptions> = {}): Promise<System> {
  const system = await startPatientSystem(options);
  afterAll(system.stop);
  return system;
}

/** The answer to a start by HTTP. */
export async function startAt(url: string | undefined, to: string) {
  const headers = { "content-type": "application/json" };
  const sent = { method: "POST", headers, body: JSON.stringify({ to }) };
  const answer = await fetch(`${url}/v1/verifications`, sent);
  return { status: answer.status, body: Object(await answer.json()) };
}
