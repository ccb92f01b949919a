import type { ReplayStore } from "./replay.ts";

/** Sends one command. With node-redis: `(...parts) => client.sendCommand(parts)`; with ioredis: `(name, ...rest) => client.call(name, ...rest)`. */
export type RedisCommand = (name: string, ...rest: string[]) => Promise<unknown>;

/** Uses in Redis or Valkey: one `SET … NX` each, under `latchkey:proof:` and the id of the proof. */
export function redisReplayStore(
  command: RedisCommand,
  clock: () => number = Date.now,
): ReplayStore {
  return async ({ id, forgetAt }) => {
    const lifetime = String(Math.max(1, forgetAt.getTime() - clock()));
    const answer = await command("SET", `latchkey:proof:${id}`, "1", "NX", "PX", lifetime);
    return String(answer) === "OK";
  };
}
