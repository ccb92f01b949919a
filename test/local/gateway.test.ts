import { mkdir, writeFile } from "node:fs/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { text as textOf } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Served } from "../../local/gateway/served.ts";
import { createThrottle } from "../../local/gateway/throttle.ts";
import { type System, startSystem } from "../../local/system.ts";
import { aFolder } from "../support/folder.ts";
import { ECHO_BUNDLE, MINI_TEMPLATE, THROTTLED_TEMPLATE } from "./fixtures/mini-template.ts";

const served: Served[] = [];
const folder = aFolder();
const bundle = join(folder, "asset.echo/index.cjs");
await mkdir(join(folder, "asset.echo"));
await writeFile(bundle, ECHO_BUNDLE);
const systems: System[] = [];
const system = await startWith(MINI_TEMPLATE);
afterAll(() => Promise.all(systems.map(({ stop }) => stop())));

async function startWith(template: unknown, throttled = false): Promise<System> {
  const assembly = { template, assemblyDirectory: folder };
  const onServed = (request: Served) => void served.push(request);
  const started = await startSystem({ port: 0, engine: "dynalite", throttled, assembly, onServed });
  systems.push(started);
  return started;
}

type Sent = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
};

function post(
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
  { url }: System = system,
): Promise<Response> {
  return fetch(`${url}/things`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

/** As whatever it is: the assertions say what it must be. */
async function jsonOf(response: Response) {
  return JSON.parse(await response.text());
}

/** Without fetch's own ideas of what a request may look like. */
async function raw(method: string, path: string, { headers = {}, body = "" }: Sent = {}) {
  const { hostname, port } = new URL(system.url);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  httpRequest({ host: hostname, port, method, path, headers }, resolve)
    .once("error", reject)
    .end(body);
  const response = await promise;
  return { status: response.statusCode ?? 0, text: await textOf(response) };
}

describe("a request for a route of the template", () => {
  it("reaches its function as the event of a REST API", async () => {
    const response = await post(
      { do: "echo" },
      { "x-custom": "Value", "x-forwarded-for": "6.6.6.6" },
    );
    const { event, context, remaining } = await jsonOf(response);
    expect(response.status).toBe(200);
    expect(event).toMatchObject({
      resource: "/things",
      path: "/things",
      httpMethod: "POST",
      pathParameters: null,
      queryStringParameters: null,
      stageVariables: null,
      body: '{"do":"echo"}',
      isBase64Encoded: false,
      requestContext: {
        resourcePath: "/things",
        httpMethod: "POST",
        stage: "local",
        identity: { sourceIp: "127.0.0.1" },
      },
    });
    expect(event.headers["x-custom"]).toBe("Value");
    expect(event.multiValueHeaders["x-custom"]).toEqual(["Value"]);
    expect(event.requestContext.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(context).toEqual({
      name: "Echo",
      arn: "arn:aws:lambda:eu-west-2:000000000000:function:Echo",
    });
    expect(remaining).toBeGreaterThan(0);
    expect(remaining).toBeLessThanOrEqual(4_000);
  });

  it.each(["x-forwarded-for", "X-Forwarded-For", "x-real-ip", "forwarded", "true-client-ip"])(
    "comes from the peer of its connection, whatever %s contains",
    async (name) => {
      const { text } = await raw("GET", "/things/1", { headers: { [name]: "6.6.6.6" } });
      const { event } = JSON.parse(text);
      expect(event.requestContext.identity.sourceIp).toBe("127.0.0.1");
    },
  );

  it("carries what its path and query contain, decoded, several values of a name included", async () => {
    const { text } = await raw("GET", "/things/a%20%C3%A9?x=1&x=2&y=%26");
    const { event } = JSON.parse(text);
    expect(event.pathParameters).toEqual({ id: "a é" });
    expect(event.queryStringParameters).toEqual({ x: "2", y: "&" });
    expect(event.multiValueQueryStringParameters).toEqual({ x: ["1", "2"], y: ["&"] });
    expect(event.body).toBeNull();
  });

  it("goes to a fixed path before a parameter", async () => {
    const { text } = await raw("GET", "/things/known");
    expect(JSON.parse(text).event).toMatchObject({
      resource: "/things/known",
      pathParameters: null,
    });
  });

  it("is answered with the status, the headers and the body of its function", async () => {
    const response = await post({ do: "headers" });
    expect(response.status).toBe(201);
    expect(response.headers.get("x-one")).toBe("1");
    expect(response.headers.get("content-type")).toBe("text/plain");
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(await response.text()).toBe("made");
  });

  it("finds bytes that are no UTF-8 replaced, as an API without binary media types does", async () => {
    const { text } = await raw("PUT", "/things/1", {
      headers: { "content-type": "application/json" },
      body: Buffer.from([0x61, 0xff, 0x62]),
    });
    expect(JSON.parse(text).event.body).toBe("a\ufffdb");
  });
});

describe("a request that the gateway refuses", () => {
  it.each([
    ["GET", "/other"],
    ["POST", "/other?x=1"],
    ["DELETE", "/things"],
    ["GET", "/things/"],
    ["GET", "/things/1/2"],
    ["GET", "/things/%ff"],
    ["GET", "//things/1"],
    ["OPTIONS", "/things"],
  ])("%s %s has no route and gets the template's words for it", async (method, path) => {
    const { status, text } = await raw(method, path);
    expect(status).toBe(404);
    expect(JSON.parse(text)).toEqual({
      code: "route-not-found",
      type: `${system.url}/docs/reference/problems.md#route-not-found`,
      instance: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it.each([
    ["no JSON", "{"],
    ["nothing", ""],
    ["an array", "[]"],
    ["a missing field", "{}"],
    ["another type", '{"do":1}'],
    ["an unknown field", '{"do":"echo","more":1}'],
    ["too long a value", JSON.stringify({ do: "a".repeat(21) })],
  ])("has a body that its model does not allow: %s", async (_, body) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(await response.json()).toMatchObject({ code: "body-invalid" });
  });

  it.each(["application/json; charset=utf-8", "APPLICATION/JSON", undefined])(
    "is validated where its media type is %s",
    async (type) => {
      const headers: Readonly<Record<string, string>> = type ? { "content-type": type } : {};
      expect((await raw("POST", "/things", { headers, body: "{}" })).status).toBe(400);
    },
  );

  it("has more than 10 MiB", async () => {
    const response = await post("a".repeat(10 * 1_024 * 1_024 + 1));
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: "refused" });
  });
});

describe("a body that the gateway does not validate reaches the function", () => {
  it("with a media type that has no model", async () => {
    const response = await post('{"do":"echo","more":1}', { "content-type": "text/plain" });
    expect(response.status).toBe(200);
  });

  it("at a method without a validator", async () => {
    const { status } = await raw("PUT", "/things/1", {
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    expect(status).toBe(200);
  });
});

describe("a function that goes wrong is a 502 with the template's words", () => {
  it.each(["throw", "crash", "nonsense", "nothing", "hang", "spin"])(
    "after it does this: %s",
    async (what) => {
      const response = await post({ do: what });
      expect(response.status).toBe(502);
      expect(await response.json()).toMatchObject({ code: "internal-error" });
      expect((await post({ do: "echo" })).status).toBe(200);
    },
  );

  it("and its fault is in its log", async () => {
    await post({ do: "throw" });
    const lines = system.logs
      .map(({ line }) => line)
      .filter((line) => line.includes("thrown on purpose"));
    expect(lines.at(-1)).toContain('"level":"ERROR"');
  });

  it("and what breaks between two requests breaks no later one", async () => {
    await post({ do: "reject-later" });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const answers = await Promise.all(Array.from({ length: 4 }, () => post({ do: "echo" })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });
});

it("a function that takes longer than its route allows is a 504 with the template's words", async () => {
  const { status, text } = await raw("POST", "/slow", { body: '{"do":"wait"}' });
  expect(status).toBe(504);
  expect(JSON.parse(text)).toMatchObject({ code: "internal-error" });
});

describe("a function", () => {
  it("has one copy, which takes six requests at a time and is kept", async () => {
    const waits = Array.from({ length: 8 }, () => post({ do: "wait", text: "6" }).then(jsonOf));
    const answers = await Promise.all(waits);
    expect(Math.max(...answers.map(({ most }) => Number(most)))).toBe(6);
    const threads = new Set(answers.map(({ threadId }) => threadId));
    expect(threads).toEqual(new Set([(await jsonOf(await post({ do: "echo" }))).threadId]));
  });

  it("has its own environment, its names resolved, and nothing of this process", async () => {
    const environment = await jsonOf(await post({ do: "environment" }));
    expect(environment).toMatchObject({
      TABLE_NAME: "Table",
      KEY_ARN: "arn:aws:kms:eu-west-2:000000000000:key/Key",
      SECRET_ARN: "arn:aws:secretsmanager:eu-west-2:000000000000:secret:Secret",
      JOINED: "a-eu-west-2",
      PROOF_ISSUER: system.url,
      AWS_REGION: "eu-west-2",
    });
    expect(Object.keys(environment).filter((name) => !name.startsWith("AWS_"))).toEqual([
      "LAMBDA_TASK_ROOT",
      ...["TABLE_NAME", "KEY_ARN", "SECRET_ARN", "JOINED", "PROOF_ISSUER"],
      "PROBLEM_DOCS_URL",
    ]);
  });

  it("has written its lines before its answer comes", async () => {
    await post({ do: "log", text: "a line" });
    expect(system.logs.slice(-2)).toEqual([
      { functionName: "Echo", line: '{"text":"a line"}' },
      { functionName: "Echo", line: "to stderr" },
    ]);
  });
});

it("each request is reported with its route, status and time, and nothing of its body", async () => {
  served.length = 0;
  await post({ do: "echo", text: "secret" });
  expect(served).toEqual([
    {
      method: "POST",
      path: "/things",
      resource: "/things",
      status: 200,
      milliseconds: expect.any(Number),
      address: "127.0.0.1",
    },
  ]);
});

describe("throttling", () => {
  let throttled: System;
  beforeAll(async () => {
    throttled = await startWith(THROTTLED_TEMPLATE, true);
  });

  async function statusesOf(count: number, send: (index: number) => Promise<Response>) {
    const answers = await Promise.all(Array.from({ length: count }, (_, index) => send(index)));
    return answers.map(({ status }) => status).toSorted();
  }
  const get = (path: string) => () => fetch(throttled.url + path);

  it("gives a method with a setting of its own a bucket of its own, and all others the stage's", async () => {
    expect(await statusesOf(2, get("/things/1"))).toEqual([200, 429]);
    expect(await statusesOf(2, get("/things/2"))).toEqual([429, 429]);
    expect(await statusesOf(5, get("/things/known"))).toEqual([200, 200, 200, 200, 429]);
  });

  it("comes before the model, and refuses what is more than the burst in the template's words", async () => {
    const send = (index: number) => post(index % 2 === 0 ? { do: "echo" } : {}, {}, throttled);
    const statuses = await statusesOf(8, send);
    // Two are refused; a body that the model refuses has cost a place as well.
    expect(statuses.filter((status) => status === 429)).toHaveLength(2);
    expect(statuses.filter((status) => status === 400).length).toBeGreaterThanOrEqual(2);
    const refused = await post({ do: "echo" }, {}, throttled);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(refused.headers.get("x-amzn-errortype")).toBe("TooManyRequestsException");
    expect(await refused.json()).toEqual({ code: "too-many-requests" });
  });

  it("does not hold with --unthrottled", async () => {
    const free = await startWith(THROTTLED_TEMPLATE);
    const send = () => post({ do: "echo" }, {}, free);
    expect(new Set(await statusesOf(12, send))).toEqual(new Set([200]));
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

it("a template with what the gateway does not play is refused: binary media types, variables of the stage", async () => {
  const { Resources } = MINI_TEMPLATE;
  const Api = { Type: "AWS::ApiGateway::RestApi", Properties: { BinaryMediaTypes: ["image/png"] } };
  await expect(startWith({ Resources: { ...Resources, Api } })).rejects.toThrow(
    "no binary media types",
  );
  const Stage = { Type: "AWS::ApiGateway::Stage", Properties: { Variables: { colour: "red" } } };
  await expect(startWith({ Resources: { ...Resources, Stage } })).rejects.toThrow(
    "no variables of a stage",
  );
});

it("an event has the id that a caller sends, and one beside it that no caller chooses", async () => {
  const answer = await post({ do: "echo" }, { "x-amzn-requestid": "chosen" });
  const { requestContext } = (await jsonOf(answer)).event;
  expect(requestContext.requestId).toBe("chosen");
  expect(requestContext.extendedRequestId).toMatch(/^[0-9a-f-]{36}$/);
});

it("a new build takes over, while what is under way ends with the old one", async () => {
  const underWay = post({ do: "wait" });
  await post({ do: "echo" });
  await writeFile(bundle, ECHO_BUNDLE.replace("made", "made anew"));
  await system.reload();
  expect((await underWay).status).toBe(200);
  expect(await (await post({ do: "headers" })).text()).toBe("made anew");
});
