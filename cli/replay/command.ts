import { readFile } from "node:fs/promises";
import type { StageName } from "../../infra/stages.ts";
import { CommandFault } from "../terminal.ts";
import { eventsIn } from "./events.ts";
import { asLogged, replay } from "./replay.ts";
import { type Change, changedStage, settingsOf } from "./settings.ts";
import { type Column, replayWords } from "./words.ts";

/** The log and the settings of a replay. */
export type ReplayArguments = {
  readonly kind: "replay";
  readonly file: string;
  readonly stage: StageName;
  readonly changes: readonly Change[];
};

/** Replays a log on this machine: it calls no AWS API and changes nothing. */
export async function replayFile({ file, stage, changes }: ReplayArguments): Promise<string> {
  const { events, broken } = eventsIn(await textOf(file));
  const [first, last] = [events[0], events.at(-1)];
  if (first === undefined || last === undefined)
    throw new CommandFault(
      `There is no send and no check ${broken > 0 ? `that can be read, and ${broken} that cannot, ` : ""}in ${file}. It takes lines as the functions log them, with "event":"send" and "event":"check".`,
    );
  const under = (title: string, changed: readonly Change[]): Column => ({
    title,
    outcome: replay(events, settingsOf(changedStage(stage, changed))),
  });
  const logged = { title: "as logged", outcome: asLogged(events) };
  const now = under(`${stage} as it is`, []);
  const changed = changes.length === 0 ? [] : [under("changed", changes)];
  return replayWords([logged, now, ...changed], {
    from: first.at,
    to: last.at,
    events: events.length,
    broken,
    changes: changes.map(({ name, value }) => `${name}=${value}`),
  });
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch {
    throw new CommandFault(`${file} cannot be read.`);
  }
}
