import { styleText } from "node:util";
import * as v from "valibot";
import type { EngineName } from "./engines.ts";
import type { Served } from "./front/front.ts";
import type { FunctionLine } from "./functions/thread.ts";

/** What people at the terminal read. No line holds a code or a whole number. */

export function banner({
  url,
  engine,
  seconds,
}: {
  readonly url: string;
  readonly engine: EngineName;
  readonly seconds: number;
}): string {
  return `
  ${styleText("bold", "Latchkey")} runs on this machine. ${engine} stands in for DynamoDB; nothing leaves it. ${styleText("dim", `${seconds.toFixed(1)} s`)}

    Sign in   ${styleText("cyan", `${url}/`)}
    Handset   ${styleText("cyan", `${url}/handset`)}   shows the messages
    API       ${styleText("cyan", `${url}/v1/verifications`)}

  Numbers to try: 07700 900000 to 07700 900999. Ctrl-C stops.
`;
}

/** One request: `POST  /v1/verifications/v1-Ab…/check  200  31 ms`. */
export function requestLine(served: Served): string {
  const method = served.method.padEnd(7);
  const status = styleText(
    served.status < 400 ? "green" : served.status < 500 ? "yellow" : "red",
    String(served.status),
  );
  return `  ${method} ${shortPath(served).padEnd(40)} ${status} ${styleText("dim", `${Math.round(served.milliseconds)} ms`)}`;
}

/** An id is a secret of whoever started, and what stands in its place may be anything: two letters behind its epoch tell them apart. */
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
