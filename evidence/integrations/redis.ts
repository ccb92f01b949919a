import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../../local/listening.ts";
import { redisReplayStore } from "../../server/src/redis.ts";

/** A real Redis, where the machine has one: `REDIS_SERVER` or `redis-server`. */
export async function redis(): Promise<string | undefined> {
  const port = await freePort();
  const program = process.env["REDIS_SERVER"] ?? "redis-server";
  const child = spawn(program, ["--port", String(port), "--bind", "127.0.0.1", "--save", ""], {
    stdio: "ignore",
  });
  const isMissing = await Promise.race([
    new Promise<true>((resolve) => child.once("error", () => resolve(true))),
    delay(1_000, false),
  ]);
  if (isMissing) return "SKIPPED, since there is no redis-server";
  try {
    const store = redisReplayStore((...parts) => command(port, parts));
    const use = { id: "a", forgetAt: new Date(Date.now() + 60_000) };
    const taken = await Promise.all(Array.from({ length: 20 }, async () => store(use)));
    assert.equal(taken.filter((first) => first).length, 1);
    const milliseconds = Number(await command(port, ["PTTL", "latchkey:proof:a"]));
    assert.ok(milliseconds > 50_000 && milliseconds <= 60_000);
    return undefined;
  } finally {
    child.kill();
  }
}

/** One command over a connection of its own, in RESP. https://redis.io/docs/latest/develop/reference/protocol-spec/ */
function command(port: number, parts: readonly string[]): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("error", reject);
    socket.once("data", (answer) => {
      socket.end();
      const line = answer.toString().trim();
      if (line.startsWith("-")) reject(new Error(line));
      else resolve(line === "$-1" ? null : line.slice(1));
    });
    const bulk = parts.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join("");
    socket.write(`*${parts.length}\r\n${bulk}`);
  });
}
