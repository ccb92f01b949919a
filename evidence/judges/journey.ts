import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import {
  type CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { KEYS_ROWS } from "../../cli/keys-arguments.ts";
import { OPS_ROWS } from "../../cli/ops-arguments.ts";
import type { Arrival } from "../../local/handset.ts";
import type { System } from "../../local/system.ts";
import { keyMaker } from "../../test/support/key-maker.ts";
import { twilioPython } from "../integrations/twilio-python.ts";
import { verifiedByPython } from "./clients.ts";
import { runPython, toItsEnd } from "./programs.ts";

export type Ground = {
  readonly system: Pick<System, "url" | "handset" | "emulator" | "lambda">;
  readonly folder: string;
  readonly stackName: string;
  readonly logs: CloudWatchLogsClient;
  /** What the role of a back end may invoke. */
  readonly serverRoutes: string;
  /** By what programs find the emulated AWS. */
  readonly env: Readonly<Record<string, string>>;
};

/** The requests of people, back ends, Twilio and operators, most of them after an update. Returns the first answer of each part that is not the documented one, and each command that fails. */
export async function journey(ground: Ground, update: () => Promise<void>) {
  const again = await ask(ground, "", { to: PHONE.again });
  await update();
  const faults: string[] = [];
  for (const part of [proves, fallsBack, refuses, signs, servesBackEnds, operates, resends(again)])
    await part(ground).catch((fault: unknown) =>
      faults.push(...(fault instanceof AggregateError ? fault.errors : [`${part.name}: ${fault}`])),
    );
  return faults;
}

const CLI = join(import.meta.dirname, "../../cli");

/** Numbers of verifications. The third is of a landline, the last two are refused. */
const PHONE = {
  first: "+447700900301",
  again: "+447700900302",
  landline: "+447700900983",
  keyed: "+447700900305",
  signed: "+447700900306",
  refused: ["+447700900991", "+447700900993"],
} as const;

/** The status of an answer as `http`, with its fields. */
async function ask({ system }: Ground, path: string, body: object | undefined, key = "") {
  const answer = await fetch(`${system.url}/v1/${key && "keyed/"}verifications${path}`, {
    method: body === undefined ? "DELETE" : "POST",
    headers: { "content-type": "application/json", ...(key && { authorization: `Bearer ${key}` }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { http: answer.status, ...Object(JSON.parse((await answer.text()) || "{}")) };
}

/** What `read` returns as soon as it is something. Throws where it stays nothing. */
async function eventually<Value>(what: string, read: () => Value | undefined): Promise<Value> {
  for (let tries = 0; tries < 100; tries += 1) {
    const value = read();
    if (value !== undefined) return value;
    await wait(200);
  }
  throw new Error(`there is not: ${what}`);
}

/** A verification by the generated client of Python. Then Twilio has the outcome of the message and no longer its text. */
async function proves({ system, folder }: Ground): Promise<void> {
  const { url, handset, emulator } = system;
  const { promise: sent, resolve } = Promise.withResolvers<Arrival>();
  handset.subscribe(resolve);
  const code = sent.then(({ text }) => `${/\d{6}/.exec(text)?.[0]}`);
  const asked = { folder, url, issuer: url, number: PHONE.first, code };
  assert.equal(await verifiedByPython(asked), PHONE.first);
  assert.equal((await fetch(`${url}/v1/verifications`, { method: "OPTIONS" })).status, 204);
  const { sid } = await sent;
  await eventually("a report of the outcome", () => emulator.feedback(sid)[0]);
  await eventually("a redaction", () => (emulator.stored(sid)?.body === "" ? sid : undefined));
}

/** A message that fails, the call that follows it by itself, and the code that it speaks. */
async function fallsBack(ground: Ground): Promise<void> {
  const { id } = await ask(ground, "", { to: PHONE.landline });
  const call = await eventually("a call", () =>
    ground.system.handset.calls().find(({ view }) => view().to === PHONE.landline),
  );
  call.answer();
  await eventually("a question", () => (call.view().isListening ? call : undefined));
  call.press("5");
  const code = await eventually("a code", () =>
    /\d(?:, \d){5}/.exec(JSON.stringify(call.view()))?.[0].replaceAll(", ", ""),
  );
  const checked = await ask(ground, `/${id}/check`, { code });
  assert.equal(checked.result, "approved", JSON.stringify(checked));
}

/** Sends that Twilio refuses, ids that never were, and a callback that is not signed. */
async function refuses(ground: Ground): Promise<void> {
  const [message, call] = PHONE.refused;
  assert.ok((await ask(ground, "", { to: message })).http >= 400);
  assert.ok((await ask(ground, "", { to: call, channel: "voice" })).http >= 400);
  const unknown = `/v1-${"A".repeat(24)}`;
  assert.equal((await ask(ground, `${unknown}/check`, { code: "000000" })).http, 404);
  assert.equal((await ask(ground, unknown, undefined)).http, 404);
  const url = `${ground.system.url}/v1/deliveries/twilio?message=none`;
  const headers = { "x-twilio-signature": "none" };
  const body = new URLSearchParams({ MessageStatus: "delivered" });
  assert.equal((await fetch(url, { method: "POST", headers, body })).status, 403);
}

/** The SDK of Twilio, and a verification with an API key. */
async function servesBackEnds(ground: Ground): Promise<void> {
  await twilioPython(ground);
  const { key } = await keyMaker(() => ground.system).makeKey();
  const [to, refused] = [PHONE.keyed, "+447700900992"];
  assert.equal((await ask(ground, "", { to }, key)).http, 201);
  assert.ok((await ask(ground, "", { to: refused }, key)).http >= 400);
  const code = /\d{6}/.exec((await ground.system.handset.waitFor(to)).text)?.[0];
  const checked = await ask(ground, "/check", { to, code }, key);
  assert.equal(checked.result, "approved", JSON.stringify(checked));
}

/** A back end whose requests botocore signs. */
async function signs({ system, serverRoutes, env }: Ground): Promise<void> {
  const program = join(import.meta.dirname, "back_end.py");
  const to = PHONE.signed;
  const input = system.handset.waitFor(to).then(({ text }) => `${/\d{6}/.exec(text)?.[0]}`);
  const args = [program, system.url, serverRoutes, to];
  const { code, output } = await runPython("python", args, { env, input });
  assert.equal(code, 0, output);
}

/** Replaces the words of a usage in the help by values. A word without a value stays as it is, and its command is refused. */
function typed(usage: string, values: ReadonlyMap<string, string>): readonly string[] {
  return [...usage.matchAll(/"([^"]*)"|<[^>]*>|\S+/g)].map(
    ([word, quoted]) => quoted ?? values.get(word) ?? word,
  );
}

const COMMANDS = Object.entries({ keys: KEYS_ROWS, ops: OPS_ROWS }).flatMap(([program, rows]) =>
  rows.map(([usage]) => ({ program, usage })),
);

/** What a function has logged, line by line. */
async function logOf({ logs }: Ground, logGroupNamePattern: string): Promise<string> {
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePattern }));
  const [{ logGroupName } = {}] = logGroups;
  const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
  return events.map(({ message }) => message).join("\n");
}

/** Each command about keys and of operators, as its help shows it. Throws the list of those that fail, with what they print. */
async function operates(ground: Ground): Promise<void> {
  const { folder, env, stackName } = ground;
  const log = join(folder, "log");
  await writeFile(log, await logOf(ground, "StartVerificationLog"));
  const subjects = ["<number>", "<target>", "<number|request id>"];
  const values = new Map([
    ...subjects.map((word) => [word, PHONE.first] as const),
    ["<file>", log],
  ]);
  const failed: string[] = [];
  for (const { program, usage } of COMMANDS) {
    const place = usage.startsWith("replay") ? [] : ["--stack", stackName];
    const args = [join(CLI, `${program}.ts`), ...typed(usage, values), ...place];
    const { code, output } = await toItsEnd(process.execPath, args, { env });
    if (code !== 0) failed.push(`${program} ${usage}: ${output}`);
    values.set("<id>", /\b[0-9a-f]{16}\b/.exec(output)?.[0] ?? values.get("<id>") ?? "");
  }
  if (failed.length > 0) throw new AggregateError(failed);
}

/** Another code of a verification that was started before the update, and its end. */
function resends({ id, resendAt }: { readonly id: string; readonly resendAt: string }) {
  return async (ground: Ground): Promise<void> => {
    await wait(Math.max(0, Date.parse(resendAt) - Date.now()) + 1_000);
    assert.equal((await ask(ground, `/${id}/resend`, { channel: "voice" })).http, 202);
    assert.ok((await ask(ground, `/${id}`, undefined)).http < 300);
  };
}
