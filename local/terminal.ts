import { styleText } from "node:util";
import * as v from "valibot";
import type { Phone } from "../functions/verification/identifiers.ts";
import { masked } from "../functions/verification/view.ts";
import type { AlarmState } from "./activity/metrics.ts";
import type { BusEvent } from "./events.ts";
import type { Flags } from "./flags.ts";
import type { FunctionLine } from "./functions/thread.ts";
import type { Served } from "./gateway/served.ts";
import { isLoopbackName } from "./listening.ts";
import { PACKAGES } from "./packages.ts";

/** The lines of the terminal. None holds a code or a whole number. */

type Start = Pick<Flags, "engine" | "host" | "persist" | "watch" | "throttled" | "network"> & {
  readonly url: string;
  readonly real?: Phone | undefined;
  readonly attack?: { readonly title: string } | undefined;
  readonly seconds: number;
};

export function banner({
  url,
  engine,
  host,
  persist,
  watch,
  throttled,
  network,
  attack,
  real,
  seconds,
}: Start): string {
  const rows: readonly (readonly [string, string, string])[] = [
    ["Sign in", `${url}/`, ""],
    ["Handset", `${url}/handset`, "shows messages and calls"],
    ["Playground", `${url}/playground`, "shows requests beside answers"],
    ["Activity", `${url}/activity`, "shows clients, cost and alarms"],
    ["API", `${url}/v1/verifications`, ""],
    ["Reference", `${url}/reference`, "describes the API and sends requests"],
    ["Documents", `${url}/docs`, ""],
  ];
  const width = Math.max(...rows.map(([, address]) => address.length));
  const notes = [
    ...(attack === undefined
      ? ["Try any number from 07700 900000 to 07700 900999; 980 to 999 fail on purpose."]
      : [`Within minutes, against the limits of production: ${attack.title}.`]),
    `${engine} emulates DynamoDB; data is ${persist === undefined ? "in memory and ends with this process" : `kept in ${persist}`}.`,
    `Packages: npm install ${url}/packages/latchkey-client.tgz, and so for ${PACKAGES.slice(1).join(" and ")}.`,
    ...(isLoopbackName(host)
      ? []
      : ["Every machine that reaches this one can read every code here."]),
    ...(network.name === "good"
      ? []
      : [
          `The network is ${network.name}; --network ${network.name}:${network.seed} repeats its faults.`,
        ]),
    ...(throttled
      ? []
      : ["There is no throttle and no limit of unverified sends. The limits of a number hold."]),
    ...(watch ? ["Sources are watched."] : []),
    "Ctrl-C stops.",
  ];
  return [
    "",
    `  ${styleText("bold", "Latchkey")} is up, and ${real === undefined ? "nothing leaves" : `only messages to ${masked(real)} leave`} this machine. ${styleText("dim", `${seconds.toFixed(1)} s`)}`,
    "",
    ...rows.map(
      ([name, address, what]) =>
        `    ${name.padEnd(10)}  ${styleText("cyan", address)}${what === "" ? "" : `${" ".repeat(width - address.length + 3)}${styleText("dim", what)}`}`,
    ),
    "",
    ...notes.map((note) => `  ${note}`),
    "",
  ].join("\n");
}

/** The result of a change of the sources. */
export function reloadLine(seconds: number, fault?: string): string {
  const time = styleText("dim", `${seconds.toFixed(1)} s`);
  if (fault === undefined)
    return `  ${styleText("green", "built")}   the sources as they are now  ${time}`;
  const told = fault.split("\n").map((line) => `          ${line}`);
  return `  ${styleText("red", "fault")}   the old build goes on  ${time}\n${told.join("\n")}`;
}

/** One request: `POST  /v1/verifications/v1-Ab…/check  200  31 ms  incorrect  +44•••••••123`. */
export function requestLine(served: Served): string {
  const method = served.method.padEnd(7);
  const status = styleText(
    served.status < 400 ? "green" : served.status < 500 ? "yellow" : "red",
    String(served.status),
  );
  return `  ${method} ${shortPath(served).padEnd(40)} ${status} ${styleText("dim", [`${Math.round(served.milliseconds)} ms`.padStart(7), ...about(served)].join("  "))}`;
}

function about({ reason, to }: Served): readonly string[] {
  return [reason, to].flatMap((text) => text ?? []);
}

export function eventLine({ "detail-type": type, detail }: BusEvent): string {
  const about = ["reference", "channel", "country", "problem", "reason", "percent"];
  const parts = about.flatMap((name) => (name in detail ? [String(detail[name])] : []));
  return `  ${styleText("magenta", "event")}   ${type}  ${styleText("dim", parts.join("  "))}`;
}

/** An alarm of the stage that has changed its state. */
export function alarmLine({ name, summary, state }: AlarmState): string {
  return state === "alarm"
    ? `  ${styleText("red", "alarm")}   ${name}: ${summary}`
    : `  ${styleText("green", "quiet")}   ${name} is over.`;
}

/** Why a page of this origin is refused, and the setting that allows it. */
export function originLine(origin: string): string {
  const shown = origin.slice(0, LONGEST_PATH_CHARACTERS).replace(/[^\x21-\x7e]/g, "?");
  const remedy = /^(null|file:)/.test(origin)
    ? "A file or a sandboxed frame has no origin: serve the page by HTTP."
    : `Here: npm start -- --origin ${shown}. Deployed: allowedOrigins of the stage.`;
  return `  ${styleText("yellow", "origin")}  ${shown} may not call. ${remedy}`;
}

/** An id is a secret, and the path may hold any text in its place: only two letters after the epoch are printed. */
function shortPath({ path, resource }: Served): string {
  const parts = path.split("/");
  if (resource === undefined) return path.replace(/\d{3,}/g, "…").slice(0, LONGEST_PATH_CHARACTERS);
  return resource
    .split("/")
    .map((part, index) => (part.startsWith("{") ? shortId(parts[index] ?? "") : part))
    .join("/");
}

const LONGEST_PATH_CHARACTERS = 60;

function shortId(text: string): string {
  const start = /^v\d{1,4}-[A-Za-z0-9_-]{2}/.exec(text)?.[0];
  return `${start ?? ""}…`;
}

const FAULT_LINE = v.object({
  level: v.picklist(["error", "ERROR"]),
  what: v.optional(v.string()),
  kind: v.optional(v.string()),
  fault: v.optional(v.object({ message: v.string() })),
  errorMessage: v.optional(v.string()),
});

/** A fault that a function has logged, in one line; `undefined` for all its other lines. */
export function faultLine({ functionName, line }: FunctionLine): string | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), FAULT_LINE), line);
  if (!parsed.success) return undefined;
  const { what, kind, fault, errorMessage } = parsed.output;
  const reason = (fault?.message ?? errorMessage ?? "").replace(/\d{6,}/g, "…");
  return `  ${styleText("red", "fault")}   ${functionName}: ${what ?? kind ?? "unknown"}${reason === "" ? "" : `, ${reason}`}`;
}
