import { text } from "node:stream/consumers";
import { afterAll, describe, expect, it } from "vitest";
import { type BusEvent, postEvent, subscribed } from "../../local/events.ts";
import { close, listen, localUrl, serverOf } from "../../local/listening.ts";
import { systemOfFile } from "../support/patient-system.ts";
import { leaksIn } from "./support/leaks.ts";

const REFERENCE = "order-17";
/** Of an event's kind, but without the fields that an event must have. */
const HALF_A_LINE = '{"event":"delivery","delivery":"delivered"}';
const events: BusEvent[] = [];
const system = await systemOfFile({ onEvent: (event) => events.push(event) });

async function ask(path: string, body: object, method = "POST"): Promise<{ readonly id: string }> {
  const answer = await fetch(system.url + path, {
    method,
    headers: { "content-type": "application/json" },
    ...(method === "POST" ? { body: JSON.stringify(body) } : {}),
  });
  return JSON.parse((await answer.text()) || '{"id":""}');
}
const typesOf = (about: string) =>
  events.flatMap(({ detail }) => (detail["reference"] === about ? [detail["type"]] : []));
const start = (to: string, reference: string) => ask("/v1/verifications", { to, reference });
const codeOf = (to: string) =>
  /\d{6}/.exec(system.handset.messages().findLast((one) => one.to === to)?.text ?? "")?.[0] ?? "";

describe("the deployed bundle, with lines as CloudWatch Logs gives them,", () => {
  it("puts what happens to a verification on the bus, with the reference of its start", async () => {
    const { id } = await start("+447700900123", REFERENCE);
    await expect.poll(() => typesOf(REFERENCE)).toContain("verification.delivered");
    const code = codeOf("+447700900123");
    const wrong = code === "111112" ? "111113" : "111112";
    await ask(`/v1/verifications/${id}/check`, { code: wrong });
    await ask(`/v1/verifications/${id}/check`, { code });
    // Events come in any order, as the page of events says.
    await expect
      .poll(() => typesOf(REFERENCE).toSorted())
      .toEqual(["approved", "delivered", "sent", "started"].map((end) => `verification.${end}`));
    const evidence = events.map((event) => ({ where: "event", text: JSON.stringify(event) }));
    expect(leaksIn(evidence, { codes: [code], numbers: ["+447700900123"] })).toEqual([]);
  });

  it("gives an event of a batch that comes again the same id, and passes over a line that cannot be translated", async () => {
    const { id } = await start("+447700900125", "canceled");
    await ask(`/v1/verifications/${id}`, {}, "DELETE");
    await expect.poll(() => typesOf("canceled")).toContain("verification.canceled");
    const name = system.lambda.functionNames().find((one) => one.endsWith("-publish-events"));
    const line = system.logs.findLast((one) => one.line.includes('"event":"cancel"'))?.line ?? "";
    const before = events.find(({ detail }) => detail["type"] === "verification.canceled");
    const seen = events.length;
    const answer = await fetch(
      `${system.lambda.endpoint}/2015-03-31/functions/${name}/invocations`,
      { method: "POST", body: JSON.stringify(subscribed(["no line of ours", HALF_A_LINE, line])) },
    );
    expect(answer.headers.get("x-amz-function-error")).toBeNull();
    expect(events.slice(seen).map(({ detail }) => detail)).toEqual([before?.detail]);
  });
});

describe("an event that is posted", () => {
  const received: string[] = [];
  let status = 204;
  const server = serverOf(async (request, response) => {
    received.push(`${request.headers["content-type"]} ${await text(request)}`);
    response.writeHead(status).end();
  });
  afterAll(() => close(server));

  const event: BusEvent = {
    ...{ version: "0", id: "1", source: "latchkey", account: "0", region: "eu-west-2" },
    ...{ time: "2026-11-28T12:00:00Z", resources: [], "detail-type": "verification.sent" },
    detail: {},
  };

  it("is posted whole, as EventBridge gives it to a target, and a refusal is printed", async () => {
    const url = localUrl(await listen(server));
    const told: string[] = [];
    const tell = (line: string) => told.push(line);
    await postEvent(url, event, tell);
    expect(received).toEqual([`application/json ${JSON.stringify(event)}`]);
    expect(told).toEqual([]);
    status = 500;
    await postEvent(url, event, tell);
    await postEvent("http://127.0.0.1:1/", event, tell);
    expect(told).toEqual([
      expect.stringContaining("answered verification.sent with 500"),
      expect.stringContaining("did not take verification.sent"),
    ]);
  });
});
