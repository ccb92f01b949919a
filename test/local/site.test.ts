import { createServer } from "node:http";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { createHandset } from "../../local/handset.ts";
import { close, listen } from "../../local/listening.ts";
import { startSystem } from "../../local/system.ts";
import { NETWORKS } from "../../local/twilio/phone-network.ts";
import { SITE_ASSEMBLY } from "./fixtures/mini-template.ts";

const network = { name: "good", seed: 7 } as const;
const assembly = SITE_ASSEMBLY;
const system = await startSystem({ port: 0, engine: "dynalite", assembly, network });
afterAll(system.stop);

it("the pages lead to each other by one navigation, are sent compressed, name no other host and hold no script or style of their own", async () => {
  const paths = ["/", "/handset", "/playground", "/activity", "/reference"];
  for (const path of paths) {
    const page = await fetch(`${system.url}${path}`);
    expect(page.headers.get("content-encoding")).toBe("gzip");
    const html = await page.text();
    for (const other of paths) expect(html, path).toContain(`<a href="${other}"`);
    expect(html).toContain(`<a href="${path}" aria-current="page">`);
    expect(html, path).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(html, path).not.toMatch(/<style|style=|<script(?![^>]+src=)|\son\w+=/);
  }
});

it("the packages are served as tarballs, as no registry has them; no other name is", async () => {
  const served = await fetch(`${system.url}/packages/latchkey-server.tgz`);
  const tarball = gunzipSync(await served.arrayBuffer()).toString("latin1");
  expect(tarball).toContain("package/dist/index.js");
  expect(tarball).toContain("package/LICENSE");
  const other = await fetch(`${system.url}/packages/latchkey-toString.tgz`);
  expect(other.status).toBe(404);
}, 60_000);

describe("the pages", () => {
  it.each([
    ["/", "text/html"],
    ["/handset", "text/html"],
    ["/playground", "text/html"],
    ["/activity", "text/html"],
    ["/pages/base.css", "text/css"],
    ["/pages/sign-in.js", "text/javascript"],
    ["/pages/form.js", "text/javascript"],
    ["/pages/icon.svg", "image/svg+xml"],
    ["/README.md", "text/html"],
    ["/openapi.json", "application/json"],
    ["/reference", "text/html"],
    ["/reference/swagger-ui-bundle.js", "text/javascript"],
    ["/reference/swagger-ui.css", "text/css"],
  ])(
    "%s is %s, and lets a browser load and run nothing that is not its own",
    async (path, type) => {
      const response = await fetch(system.url + path);
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toContain(type);
      const policy = response.headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      // The library that draws the diagrams of a document puts a style element into each drawing.
      const others = path.endsWith(".md") ? policy.replace(" 'unsafe-inline'", "") : policy;
      expect(others).not.toMatch(/unsafe|https?:|\*/);
      expect(policy).not.toMatch(/script-src[^;]*unsafe/);
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    },
  );

  it.each(["/", "/handset/", "/docs/", "/docs/start/quickstart.md/", "/handset/messages"])(
    "%s answers HEAD as GET, without a slash at its end",
    async (path) => {
      const head = await fetch(`${system.url}${path}?a=1`, { method: "HEAD" });
      const page = await fetch(system.url + path.replace(/(?<=.)\/$/, ""));
      await page.body?.cancel();
      expect([head.status, head.headers.get("content-type"), head.url]).toEqual([
        200,
        page.headers.get("content-type"),
        `${page.url}?a=1`,
      ]);
    },
  );

  it.each(["/pages/../site.ts", "/pages/%2e%2e/site.ts", "/pages/", "/site.ts", "/package.json"])(
    "%s is no file of theirs",
    async (path) => {
      expect((await fetch(system.url + path)).status).toBe(404);
    },
  );
});

it("a system that cannot start leaves its port free", async () => {
  const port = Number(new URL(system.url).port);
  await expect(startSystem({ port, engine: "dynalite" })).rejects.toMatchObject({
    code: "EADDRINUSE",
  });
  const probe = createServer();
  const free = await listen(probe);
  await close(probe);
  const assembly = { template: "no template", assemblyDirectory: "" };
  await expect(startSystem({ port: free, engine: "dynalite", assembly })).rejects.toThrow(
    "Invalid type",
  );
  const server = createServer();
  expect(await listen(server, free)).toBe(free);
  await close(server);
});

it("a system stops at once, although a handset listens", async () => {
  const other = await startSystem({ port: 0, engine: "dynalite", assembly });
  const { body } = await fetch(`${other.url}/handset/messages`);
  // The handset would listen for ever: a stop that waits for it does not end.
  await expect(other.stop()).resolves.toBeUndefined();
  await body?.cancel().catch(() => undefined);
});

describe("the handset", () => {
  it("streams what has come and what comes", async () => {
    const message = (sid: string) =>
      ({ sid, to: "+447700900123", text: sid, channel: "sms" }) as const;
    system.handset.deliver(message("first"));
    const response = await fetch(`${system.url}/handset/messages`);
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = (await reader?.read())?.value ?? "";
    system.handset.deliver(message("second"));
    while (!text.includes("second")) text += (await reader?.read())?.value ?? "";
    const at = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(text.match(/^data: .*$/gm)?.map((line) => JSON.parse(line.slice(6)))).toEqual(
      ["first", "second"].map((sid) => ({ ...message(sid), at })),
    );
    await reader?.cancel();
  });

  it("gives each message to one who waits, in the order of their arrival", async () => {
    const to = "+447700900200";
    const waiting = system.handset.waitFor(to);
    for (const sid of ["a", "b"]) system.handset.deliver({ sid, to, text: sid, channel: "sms" });
    expect([(await waiting).sid, (await system.handset.waitFor(to)).sid]).toEqual(["a", "b"]);
  });

  const putText = (path: string, body: string) =>
    fetch(`${system.url}/handset/${path}`, { method: "PUT", body });
  const put = (path: string, body: unknown) => putText(path, JSON.stringify(body));

  it("can be made slow by its own page", async () => {
    expect(await (await put("slowness", { seconds: 20 })).json()).toEqual({ seconds: 20 });
    const told = await fetch(`${system.url}/handset/slowness`);
    expect(await told.json()).toEqual({ seconds: 20 });
    await put("slowness", { seconds: 0 });
  });

  it("has a network that its own page changes, with a seed or with the one that it had", async () => {
    expect(system.emulator.network()).toEqual({ name: "good", seed: 7 });
    expect(await (await put("network", { name: "bad", seed: 8 })).json()).toEqual({
      name: "bad",
      seed: 8,
      rates: NETWORKS.bad,
    });
    const good = { name: "good", seed: 8, rates: NETWORKS.good };
    expect(await (await put("network", { name: "good" })).json()).toEqual(good);
    const told = await fetch(`${system.url}/handset/network`);
    expect(await told.json()).toEqual(good);
    expect(system.emulator.network()).toEqual({ name: "good", seed: 8 });
  });

  it.each<readonly [path: string, text: string]>([
    ...["", "{", "{}", '{"seconds":1}', '{"seconds":"5"}', '{"seconds":5,"more":1}', "5"].map(
      (text) => ["slowness", text] as const,
    ),
    ["network", '{"name":"snow"}'],
    ["network", '{"name":"bad","seed":-1}'],
    ["network", '{"name":"bad","seed":1.5}'],
    ["network", '{"name":"bad","more":1}'],
    ["call", '{"sid":"CA1","action":"answer"}'],
    ["call", '{"sid":"CA1","action":"explode"}'],
    ["call", '{"sid":"CA1","action":"press","key":"A"}'],
    ["call", '{"sid":"CA1","action":"press","key":"12"}'],
  ])("takes no %s of %s", async (path, text) => {
    expect((await putText(path, text)).status).toBe(400);
    expect(system.emulator.network().name).toBe("good");
    expect(system.handset.slowness()).toBe(0);
  });

  it("streams texts, calls and incidents over one connection", async () => {
    const to = "+447700900990";
    system.handset.deliver({ sid: "an sms", to, text: "a text", channel: "sms" });
    const response = await fetch(`${system.url}/handset/events`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = (await reader?.read())?.value ?? "";
    const { accountSid, apiKeySid, apiKeySecret } = system.emulator.account;
    const create = (resource: string, form: Readonly<Record<string, string>>) =>
      fetch(`${system.emulator.baseUrl}/2010-04-01/Accounts/${accountSid}/${resource}.json`, {
        method: "POST",
        headers: { authorization: `Basic ${btoa(`${apiKeySid}:${apiKeySecret}`)}` },
        body: new URLSearchParams({ From: "+15005550006", To: to, ...form }),
      });
    await create("Messages", { Body: "a lost text" });
    await create("Calls", { Twiml: "<Response><Say>Hello</Say></Response>" });
    while (!text.includes("event: call")) text += (await reader?.read())?.value ?? "";
    expect(text).toMatch(/event: message\ndata: \{"sid":"an sms"/);
    expect(text).toMatch(/event: incident\ndata: \{.*"what":\["lost on its way"\]/);
    expect(text).toMatch(/event: call\ndata: \{.*"state":"ringing"/);
    expect(text).not.toContain("a lost text");
    await reader?.cancel();
  });

  it("allows no page of another origin to change anything", async () => {
    for (const path of ["slowness", "network", "call"]) {
      const answer = await fetch(`${system.url}/handset/${path}`, { method: "OPTIONS" });
      expect(answer.status).toBe(404);
      expect(answer.headers.get("access-control-allow-methods")).toBeNull();
    }
  });

  it("gets what was on its way when it was ended, when it was to arrive", async () => {
    const records: unknown[] = [];
    const append = (record: unknown) => records.push(JSON.parse(JSON.stringify(record)));
    const first = createHandset({ records: [], append }, 200);
    first.setSlowness(1);
    first.deliver({ sid: "slow", to: "+447700900201", text: "slow", channel: "sms" });
    expect(first.messages()).toEqual([]);
    const second = createHandset({ records, append });
    expect(second.messages()).toEqual([]);
    expect(await second.waitFor("+447700900201")).toMatchObject({ sid: "slow", text: "slow" });
    expect(createHandset({ records, append }).messages()).toHaveLength(1);
  });
});
