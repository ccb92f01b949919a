import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import * as v from "valibot";
import { CommandFault } from "../../cli/terminal.ts";
import type { EngineName } from "../../local/engines.ts";
import type { WeatherName } from "../../local/twilio/weather.ts";
import { NEWS, type News, type Order, type SystemState } from "./messages.ts";

type Options = {
  readonly engine: EngineName;
  readonly weather: WeatherName;
  readonly seed: number;
};

/** The system in its process, as the one that loads it knows it. */
export type Watched = {
  readonly url: string;
  readonly engineEndpoint: string;
  /** Everything it told: sends, codes that were heard, lines, incidents. */
  readonly onNews: (listener: (news: News) => void) => void;
  readonly state: () => Promise<SystemState>;
  readonly isAlive: () => boolean;
  readonly stop: () => Promise<void>;
};

const HERE = import.meta.dirname;

/** Starts it. Its heap can be collected from outside, in every thread. Throws where it does not start. */
export async function startWatched({ engine, weather, seed }: Options): Promise<Watched> {
  const child = fork(
    join(HERE, "system-process.ts"),
    ["--engine", engine, "--weather", weather, "--seed", String(seed)],
    {
      execArgv: ["--expose-gc", "--import", join(HERE, "collecting.ts")],
      serialization: "advanced",
    },
  );
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const listeners = new Set<(news: News) => void>();
  child.on("message", (message) => {
    const news = v.parse(NEWS, message);
    for (const listener of listeners) listener(news);
  });
  const next = <Kind extends News["kind"]>(...kinds: readonly Kind[]) =>
    nextOf(child, listeners, kinds);
  const first = await next("ready", "failed");
  if (first.kind === "failed") throw new CommandFault(first.message);
  const order = (word: Order) => child.send(word);
  return {
    ...first,
    onNews: (listener) => {
      listeners.add(listener);
    },
    isAlive: () => child.exitCode === null && child.signalCode === null,
    state: async () => {
      order("state");
      return (await next("state")).state;
    },
    stop: async () => {
      process.off("exit", kill);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, "exit");
      order("stop");
      await exit;
    },
  };
}

/** The next news of one of these kinds. Throws where the process ends before. */
function nextOf<Kind extends News["kind"]>(
  child: ChildProcess,
  listeners: Set<(news: News) => void>,
  kinds: readonly Kind[],
): Promise<Extract<News, { kind: Kind }>> {
  return new Promise((resolve, reject) => {
    const isWanted = (news: News): news is Extract<News, { kind: Kind }> =>
      kinds.some((kind) => kind === news.kind);
    const onExit = (): void => reject(new Error("the process of the system ended by itself"));
    const listener = (news: News): void => {
      if (!isWanted(news)) return;
      listeners.delete(listener);
      child.off("exit", onExit);
      resolve(news);
    };
    child.once("exit", onExit);
    listeners.add(listener);
  });
}
