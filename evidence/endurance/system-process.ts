/** The whole local system in a process of its own, so that each measurement is of this process alone. Reports events to its parent (messages.ts). */

import { readdirSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { BroadcastChannel } from "node:worker_threads";
import * as v from "valibot";
import { segmentsOf } from "../../functions/verification/segments.ts";
import { synthesizedAssembly } from "../../local/assembly.ts";
import { ENGINES } from "../../local/engines.ts";
import { type System, startSystem } from "../../local/system.ts";
import type { CallView, LiveCall } from "../../local/twilio/live-call.ts";
import { WEATHER_NAMES } from "../../local/twilio/weather.ts";
import { withMoney } from "./assembly.ts";
import { childRss } from "./child-memory.ts";
import {
  HEAP_ANSWER,
  HEAP_QUESTION,
  HEAPS_CHANNEL,
  type News,
  ORDER,
  type ServedRequest,
  type SystemState,
} from "./messages.ts";

const OPTIONS = v.object({
  engine: v.picklist(ENGINES),
  weather: v.picklist(WEATHER_NAMES),
  seed: v.pipe(v.string(), v.transform(Number), v.integer()),
});

/** Lines travel together. */
const LINES_MILLISECONDS = 200;
const HEAPS_MILLISECONDS = 1_500;
const LONGEST_SILENCE_MILLISECONDS = 90_000;

const tell = (news: News): void => {
  process.send?.(news);
};

const { values } = parseArgs({
  options: { engine: { type: "string" }, weather: { type: "string" }, seed: { type: "string" } },
});
const { engine, weather, seed } = v.parse(OPTIONS, values);

let lines: string[] = [];
let served: ServedRequest[] = [];
setInterval(() => {
  if (lines.length > 0) tell({ kind: "lines", lines });
  lines = [];
}, LINES_MILLISECONDS);

try {
  const system = await startSystem({
    port: 0,
    engine,
    weather: { name: weather, seed },
    assembly: withMoney(await synthesizedAssembly()),
    onServed: ({ method, resource = "no route", status, milliseconds }) =>
      served.push({ operation: `${method} ${resource}`, status, milliseconds }),
    onLine: ({ functionName, line }) => lines.push(`${functionName} ${line}`),
  });
  tellWhatHappens(system);
  const state = createState();
  process.on("message", (message) => {
    if (v.parse(ORDER, message) === "stop") void system.stop().then(() => process.exit(0));
    else void state().then((now) => tell({ kind: "state", state: now }));
  });
  // The parent has ended, so no process uses this one.
  process.on("disconnect", () => void system.stop().then(() => process.exit(0)));
  tell({ kind: "ready", url: system.url, engineEndpoint: system.engineEndpoint });
} catch (fault) {
  tell({ kind: "failed", message: fault instanceof Error ? fault.message : String(fault) });
  process.exitCode = 1;
  process.disconnect();
}

function tellWhatHappens(system: System): void {
  const { handset, emulator } = system;
  const known = new Set<string>();
  const taken = (sid: string, to: string, channel: "sms" | "whatsapp" | "voice"): void => {
    if (sid === "" || known.has(sid)) return;
    known.add(sid);
    const stored = channel === "voice" ? emulator.storedCall(sid) : emulator.stored(sid);
    const takenAt = stored?.createdAt.getTime() ?? Date.now();
    tell({ kind: "taken", send: { sid, to, channel, takenAt } });
  };
  handset.subscribe(({ sid, to, text, channel }) => {
    taken(sid, to, channel);
    const code = /\d{6}/.exec(text)?.[0] ?? "";
    tell({ kind: "heard", sid, to, code, segments: segmentsOf(text).segments });
  });
  emulator.onIncident(({ sid, to, channel, what }) => {
    // What Twilio took is stored right after it is told.
    setImmediate(() => taken(sid, to, channel));
    tell({ kind: "incident", sid, channel, what: [...what] });
  });
  answerCalls(system, taken);
}

/** Answers each call, presses a key when asked for one, and listens for the code. */
function answerCalls(
  { handset }: System,
  taken: (sid: string, to: string, channel: "voice") => void,
): void {
  const talking = new Map<string, LiveCall>();
  const heard = new Set<string>();
  const listen = ({ sid, to, lines: said }: CallView): void => {
    const code = /\d(?:, \d){5}/.exec(said.map(({ text }) => text).join(" "))?.[0];
    if (code === undefined || heard.has(sid)) return;
    heard.add(sid);
    tell({ kind: "heard", sid, to, code: code.replaceAll(", ", ""), segments: 1 });
  };
  const pickUp = (sid: string): void => {
    const call = handset.calls().findLast((one) => one.view().sid === sid);
    if (call === undefined) return;
    talking.set(sid, call);
    setImmediate(() => call.answer());
  };
  handset.subscribeToCalls((view) => {
    const { sid, to, state, isListening, isVoicemail, keys } = view;
    taken(sid, to, "voice");
    if (state === "ringing") pickUp(sid);
    const call = talking.get(sid);
    if (call !== undefined && isListening && keys === "") setImmediate(() => call.press("5"));
    if (!isVoicemail) listen(view);
    if (state === "ended") talking.delete(sid);
  });
}

/** Collects garbage everywhere, and tells how the process is since it was asked before. */
function createState(): () => Promise<SystemState> {
  const lag = monitorEventLoopDelay({ resolution: 10 });
  lag.enable();
  const heaps = createHeaps();
  let cpu = process.cpuUsage();
  let at = performance.now();
  return async () => {
    const lagMilliseconds = lag.percentile(99) / 1e6;
    const used = process.cpuUsage(cpu);
    const now = performance.now();
    const cpuPercent = (100 * (used.user + used.system)) / 1_000 / (now - at);
    cpu = process.cpuUsage();
    at = now;
    const sinceBefore = served;
    served = [];
    const functions = await heaps();
    globalThis.gc?.();
    const { rss: rssBytes, heapUsed, external } = process.memoryUsage();
    // What collecting did to the loop is not the system's.
    lag.reset();
    const engineBytes = childRss();
    const openFiles = filesOpen();
    const resources = process.getActiveResourcesInfo();
    return {
      rssBytes,
      main: { name: "main", heapBytes: heapUsed + external },
      functions,
      ...(engineBytes === undefined ? {} : { engineBytes }),
      cpuPercent,
      lagMilliseconds,
      ...(openFiles === undefined ? {} : { openFiles }),
      sockets: resources.filter((name) => /TCPSocketWrap/.test(name)).length,
      timers: resources.filter((name) => name === "Timeout").length,
      served: sinceBefore,
    };
  };
}

/** A copy that is too busy to answer in time is told as it was, unless it has been silent for long: then it has ended. */
function createHeaps(): () => Promise<SystemState["functions"]> {
  const channel = new BroadcastChannel(HEAPS_CHANNEL);
  const answers = new Map<number, { name: string; heapBytes: number; at: number }>();
  channel.onmessage = (message: unknown): void => {
    const { threadId, name, heapBytes } = v.parse(HEAP_ANSWER, Object(message).data);
    answers.set(threadId, { name, heapBytes, at: performance.now() });
  };
  return async () => {
    channel.postMessage(HEAP_QUESTION);
    await delay(HEAPS_MILLISECONDS);
    const oldest = performance.now() - LONGEST_SILENCE_MILLISECONDS;
    for (const [threadId, { at }] of answers) if (at < oldest) answers.delete(threadId);
    return [...answers.values()].map(({ name, heapBytes }) => ({ name, heapBytes }));
  };
}

function filesOpen(): number | undefined {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return undefined;
  }
}
