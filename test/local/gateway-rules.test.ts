import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createThrottle } from "../../local/gateway/throttle.ts";
import { type System, startSystem } from "../../local/system.ts";
import { ECHO_BUNDLE, MINI_TEMPLATE } from "./fixtures/mini-template.ts";
import { rawRequest } from "./support/raw-request.ts";

const setting = (method: string, path: string, rate: number, burst: number) => ({
  HttpMethod: method,
  ResourcePath: path,
  ThrottlingRateLimit: rate,
  ThrottlingBurstLimit: burst,
});

/** Rates so low that nothing comes back during a test. */
const SLOW = 0.001;

const TEMPLATE = {
  Resources: {
    ...MINI_TEMPLATE.Resources,
    Api: {
      Type: "AWS::ApiGateway::RestApi",
      Properties: { Name: "mini", BinaryMediaTypes: ["image/png"] },
    },
    Stage: {
      Type: "AWS::ApiGateway::Stage",
      Properties: {
        StageName: "dev",
        Variables: { colour: "red" },
        MethodSettings: [
          setting("*", "/*", SLOW, 4),
          setting("POST", "/~1things", SLOW, 6),
          setting("GET", "/~1things~1{id}", SLOW, 1),
        ],
      },
    },
    Throttled: {
      Type: "AWS::ApiGateway::GatewayResponse",
      Properties: {
        ResponseType: "THROTTLED",
        ResponseParameters: { "gatewayresponse.header.Retry-After": "'1'" },
        ResponseTemplates: { "application/json": '{"code":"too-many-requests"}' },
      },
    },
  },
};

let folder: string;
const systems: System[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "latchkey-rules-"));
  await mkdir(join(folder, "asset.echo"));
  await writeFile(join(folder, "asset.echo/index.cjs"), ECHO_BUNDLE);
});
afterAll(async () => {
  await Promise.all(systems.map((system) => system.stop()));
  await rm(folder, { recursive: true });
});

/** With buckets that are full. */
async function fresh(throttled = true): Promise<System> {
  const assembly = { template: TEMPLATE, assemblyDirectory: folder };
  const system = await startSystem({ port: 0, engine: "dynalite", throttled, assembly });
  systems.push(system);
  return system;
}

function post(system: System, body: string | Buffer, more: Readonly<Record<string, string>> = {}) {
  return fetch(`${system.url}/things`, {
    method: "POST",
    headers: { "content-type": "application/json", ...more },
    body: typeof body === "string" ? body : new Uint8Array(body),
  });
}

const ECHO = '{"do":"echo"}';

async function statusesOf(count: number, send: () => Promise<{ readonly status: number }>) {
  const answers = await Promise.all(Array.from({ length: count }, send));
  return answers.map(({ status }) => status).toSorted();
}

describe("throttling", () => {
  it("refuses what is more than the burst of the method, in the template's words", async () => {
    const system = await fresh();
    expect(await statusesOf(8, () => post(system, ECHO))).toEqual([
      200, 200, 200, 200, 200, 200, 429, 429,
    ]);
    const refused = await post(system, ECHO);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(refused.headers.get("x-amzn-errortype")).toBe("TooManyRequestsException");
    expect(await refused.json()).toEqual({ code: "too-many-requests" });
  });

  it("gives a method with a setting of its own a bucket of its own, and all others the stage's", async () => {
    const system = await fresh();
    const get = (path: string) => () => fetch(system.url + path);
    expect(await statusesOf(2, get("/things/1"))).toEqual([200, 429]);
    expect(await statusesOf(2, get("/things/2"))).toEqual([429, 429]);
    expect(await statusesOf(5, get("/things/known"))).toEqual([200, 200, 200, 200, 429]);
    const put = () =>
      rawRequest(system.url, { method: "PUT", path: "/things/1", headers: [], body: "x" });
    expect((await put()).status).toBe(429);
    expect((await post(system, ECHO)).status).toBe(200);
  });

  it("comes before the model, so that refused bodies cost a place too", async () => {
    const system = await fresh();
    expect(await statusesOf(7, () => post(system, "{}"))).toEqual([
      400, 400, 400, 400, 400, 400, 429,
    ]);
  });

  it("does not hold where a system is told so", async () => {
    const system = await fresh(false);
    expect(new Set(await statusesOf(12, () => post(system, ECHO)))).toEqual(new Set([200]));
  });

  it("fills a bucket at its rate, and never above its burst", () => {
    let now = 0;
    const plan = { method: "*", path: "*", requestsPerSecond: 2, burst: 3 };
    const throttle = createThrottle([plan], () => now);
    const ask = () => throttle({ method: "GET", path: "/" });
    expect([ask(), ask(), ask(), ask()]).toEqual([true, true, true, false]);
    now = 499;
    expect(ask()).toBe(false);
    now = 1_000;
    expect([ask(), ask(), ask()]).toEqual([true, true, false]);
    now = 60_000;
    expect([ask(), ask(), ask(), ask()]).toEqual([true, true, true, false]);
  });
});

describe("an event", () => {
  it("carries the name of the stage and its variables", async () => {
    const system = await fresh();
    const answer = await post(system, ECHO);
    const { event } = JSON.parse(await answer.text());
    expect(event.stageVariables).toEqual({ colour: "red" });
    expect(event.requestContext.stage).toBe("dev");
  });

  it("carries bytes of a binary media type as base64, and text of all others as text", async () => {
    const system = await fresh();
    const put = async (type: string) => {
      const answer = await rawRequest(system.url, {
        method: "PUT",
        path: "/things/1",
        headers: [`content-type: ${type}`],
        body: Buffer.from([0xff, 0x00]),
      });
      return JSON.parse(answer.body).event;
    };
    expect(await put("image/png; q=1")).toMatchObject({ body: "/wA=", isBase64Encoded: true });
    expect(await put("image/gif")).toMatchObject({ body: "\ufffd\0", isBase64Encoded: false });
  });

  it("has the id that a caller sends, and one beside it that no caller chooses", async () => {
    const system = await fresh();
    const answer = await post(system, ECHO, { "x-amzn-requestid": "chosen" });
    const { requestContext } = JSON.parse(await answer.text()).event;
    expect(requestContext.requestId).toBe("chosen");
    expect(requestContext.extendedRequestId).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("an answer in base64", () => {
  it("is decoded for who accepts a binary media type first", async () => {
    const system = await fresh();
    const answer = await post(system, '{"do":"bytes"}', { accept: "image/png,*/*" });
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(Buffer.from([0xff, 0x00]));
  });

  it("stays the text that it is for all others", async () => {
    const system = await fresh();
    const answer = await post(system, '{"do":"bytes"}', { accept: "application/json" });
    expect(await answer.text()).toBe("/wA=");
  });
});

describe("a new build", () => {
  it("takes over, while what is under way ends with the old one", async () => {
    const system = await fresh(false);
    const underWay = post(system, '{"do":"wait"}');
    await post(system, ECHO);
    const bundle = join(folder, "asset.echo/index.cjs");
    await writeFile(bundle, ECHO_BUNDLE.replace("made", "made anew"));
    await system.reload();
    expect((await underWay).status).toBe(200);
    expect(await (await post(system, '{"do":"headers"}')).text()).toBe("made anew");
    await writeFile(bundle, ECHO_BUNDLE);
  });
});
