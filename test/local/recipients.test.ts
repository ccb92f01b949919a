import { afterEach, describe, expect, it } from "vitest";
import { synthesizedAssembly } from "../../local/assembly.ts";
import { type System, startSystem } from "../../local/system.ts";
import { parseTemplate, resourcesOf } from "../../local/template/template.ts";

const systems: System[] = [];
afterEach(async () => {
  for (const system of systems.splice(0)) await system.stop();
});

/** The development stage as it would be with live credentials: its functions told so, and nothing else. */
async function started(reach: "listed" | "anyone"): Promise<System> {
  const { template, assemblyDirectory } = await synthesizedAssembly();
  const live = parseTemplate(structuredClone(template));
  for (const [, { Properties }] of resourcesOf(live, "AWS::Lambda::Function")) {
    const variables = Object(Object(Properties["Environment"])["Variables"]);
    if ("TWILIO_MODE" in variables) variables["TWILIO_MODE"] = "live";
    if ("TWILIO_RECIPIENTS" in variables) variables["TWILIO_RECIPIENTS"] = reach;
  }
  const system = await startSystem({
    port: 0,
    engine: "dynalite",
    assembly: { template: live, assemblyDirectory },
  });
  systems.push(system);
  return system;
}

async function ask(url: string, path: string, body: object) {
  const answer = await fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: Object(await answer.json()) };
}

const start = ({ url }: System, to: string) => ask(url, "/v1/verifications", { to });

describe("a development stage with live credentials", () => {
  it("sends to the numbers in its secret, and to no other, as it is deployed", async () => {
    const system = await started("listed");
    expect((await start(system, "+447700900123")).status).toBe(201);
    const refused = await start(system, "+447700900124");
    expect([refused.status, refused.body.code, refused.body.reason]).toEqual([
      422,
      "phone-not-allowed",
      "not-a-recipient",
    ]);
    expect(system.handset.messages().map(({ to }) => to)).toEqual(["+447700900123"]);
  });
});

describe("a production stage", () => {
  it("sends to anyone", async () => {
    const system = await started("anyone");
    expect((await start(system, "+447700900124")).status).toBe(201);
  });
});
