import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStorage } from "../../local/persistence/folder.ts";
import { openJournal } from "../../local/persistence/journal.ts";
import { ENGINE } from "../support/engine-tables.ts";
import { printed } from "./support/printed.ts";

const MAIN = join(import.meta.dirname, "../../local/main.ts");
let folder: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "latchkey-kept-"));
});
afterEach(async () => {
  for (const child of children.splice(0)) killWhole(child);
  await rm(folder, { recursive: true, force: true });
});

/** With the engine that it started. */
function killWhole({ pid = 0, exitCode, signalCode }: ChildProcess): void {
  if (exitCode === null && signalCode === null) process.kill(-pid, "SIGKILL");
}

async function start() {
  const flags = ["--port", "0", "--persist", folder, "--engine", ENGINE, "--unthrottled"];
  const child = spawn(process.execPath, [MAIN, ...flags], {
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that nothing of it outlives the test.
    detached: true,
  });
  children.push(child);
  const out = await printed(child, "Ctrl-C stops");
  const url = /http:\/\/localhost:\d+/.exec(out)?.[0] ?? "";
  return {
    url,
    kill: async () => {
      killWhole(child);
      await once(child, "exit");
    },
  };
}

async function call(url: string, method: string, path: string, body?: unknown) {
  const response = await fetch(`${url}/v1/verifications${path}`, {
    method,
    headers: { "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return JSON.parse(await response.text());
}

/** What the handset shows when it is opened: number and text of each message. */
async function handset(url: string): Promise<ReadonlyMap<string, string>> {
  const response = await fetch(`${url}/handset/messages`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let stream = "";
  while (!stream.includes(": connected")) stream += (await reader?.read())?.value ?? "";
  await reader?.cancel();
  const messages = stream.match(/^data: .*$/gm)?.map((line) => JSON.parse(line.slice(6))) ?? [];
  return new Map(messages.map(({ to, text }) => [to, text]));
}

const codeIn = (text = ""): string => /\d{6}/.exec(text)?.[0] ?? "";

describe("a system that is killed in the middle and started again", () => {
  it("has lost nothing, and approves nothing twice", async () => {
    const before = await start();
    const [pending, approved] = await Promise.all([
      call(before.url, "POST", "", { to: "+447700900601" }),
      call(before.url, "POST", "", { to: "+447700900602" }),
    ]);
    const texts = await handset(before.url);
    const [code, used] = [codeIn(texts.get("+447700900601")), codeIn(texts.get("+447700900602"))];
    await call(before.url, "POST", `/${pending.id}/check`, {
      code: code === "246810" ? "246811" : "246810",
    });
    const { proof } = await call(before.url, "POST", `/${approved.id}/check`, { code: used });
    // Some starts are under way when the system ends: their callers receive no answer.
    const underWay = Array.from({ length: 12 }, (_, index) =>
      call(before.url, "POST", "", { to: `+4477009006${index + 10}` }).catch(() => undefined),
    );
    await Promise.race(underWay);
    await before.kill();
    const told = (await Promise.all(underWay)).filter((answer) => answer?.id !== undefined);

    const after = await start();
    expect(await handset(after.url)).toEqual(expect.objectContaining(texts));
    expect(await call(after.url, "GET", `/${pending.id}`)).toMatchObject({
      status: "pending",
      checksRemaining: 4,
    });
    expect(await call(after.url, "POST", `/${approved.id}/check`, { code: used })).toMatchObject({
      result: "used",
    });
    expect(await call(after.url, "POST", `/${pending.id}/check`, { code })).toMatchObject({
      result: "approved",
    });
    for (const { id } of told)
      expect(await call(after.url, "GET", `/${id}`)).toMatchObject({ status: "pending" });
    const { code: refusal } = await call(after.url, "POST", "", { to: "+447700900601" });
    // On a machine so slow that the number may be asked again by now, an allowed start loses nothing.
    const mayAskAgain = Date.now() >= Date.parse(pending.resendAt);
    expect(mayAskAgain || refusal === "too-many-sends").toBe(true);
    const keys = createRemoteJWKSet(new URL(`${after.url}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(proof, keys, { issuer: decodeJwt(proof).iss ?? "" });
    expect(payload["phone_number"]).toBe("+447700900602");
    await after.kill();
  });
});

describe("a folder that keeps", () => {
  it("is readable by its owner alone", async () => {
    const home = join(folder, "new");
    const keeping = openStorage(home, "dynalite");
    keeping.keys.append({ a: 1 });
    expect((await stat(home)).mode & 0o777).toBe(0o700);
    expect((await stat(join(home, "keys.jsonl"))).mode & 0o777).toBe(0o600);
    await keeping.stop();
    expect(await readdir(home)).not.toContain("running.pid");
  });

  it("is for one system at a time, and a second one is refused", async () => {
    const first = openStorage(folder, "dynalite");
    expect(() => openStorage(folder, "dynalite")).toThrow(`process ${process.pid}`);
    await first.stop();
    await openStorage(folder, "dynalite").stop();
  });

  it("is taken over from one that was killed", async () => {
    // Larger than any process id.
    await writeFile(join(folder, "running.pid"), "99999999");
    await openStorage(folder, "dynalite").stop();
    expect(await readdir(folder)).not.toContain("running.pid");
  });

  it("is no file", async () => {
    const file = join(folder, "file");
    await writeFile(file, "");
    expect(() => openStorage(file, "dynalite")).toThrow(file);
  });

  it.runIf(process.platform === "linux")("is not where the system makes no folder", () => {
    expect(() => openStorage("/proc/none/folder", "dynalite")).toThrow("cannot keep anything");
  });
});

describe("a journal", () => {
  it("returns what was appended, in order", () => {
    const file = join(folder, "journal.jsonl");
    const journal = openJournal(file);
    journal.append({ a: 1 });
    journal.append({ b: "ü\n" });
    expect(openJournal(file).records).toEqual([{ a: 1 }, { b: "ü\n" }]);
  });

  it("drops a line that was being written when its process was killed, and goes on behind it", async () => {
    const file = join(folder, "journal.jsonl");
    openJournal(file).append({ a: 1 });
    await appendFile(file, '{"b":"ü');
    const journal = openJournal(file);
    expect(journal.records).toEqual([{ a: 1 }]);
    journal.append({ c: 3 });
    expect(openJournal(file).records).toEqual([{ a: 1 }, { c: 3 }]);
  });

  it("names the line that is not readable", async () => {
    const file = join(folder, "journal.jsonl");
    await writeFile(file, '{"a":1}\nnonsense\n{"b":2}\n');
    expect(() => openJournal(file)).toThrow(`${file}, line 2 is not readable`);
  });
});
