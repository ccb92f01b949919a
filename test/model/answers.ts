import { readUnverified } from "../../functions/adapters/dynamodb/scopes.ts";
import { guessOf } from "../../functions/verification/code.ts";
import { isE164, isVerificationId, keyOf } from "../../functions/verification/identifiers.ts";
import { scopesOf, windowsAt } from "../../functions/verification/scopes.ts";
import { QUOTED_CODE } from "../faults/support/faults.ts";
import type { Answer, Request, Run, Sent } from "../faults/support/run.ts";
import { keepsGuesses, PROMISED } from "./promised.ts";

/** What a fault may be told as. */
const TOLD_AS: ReadonlySet<unknown> = new Set([
  "internal-error",
  "provider-unavailable",
  "sending-paused",
]);
const WAITS: ReadonlySet<number> = new Set([409, 429, 503]);

/** What an answer breaks of the promises, in words; nothing where all hold. */
export async function brokenByAnswer(
  run: Run,
  request: Request,
  answer: Answer,
): Promise<readonly string[]> {
  const { status, body, headers, text } = answer;
  const isWait = WAITS.has(status) && body["code"] !== "verification-ended";
  return [
    ...(status >= 500 && !TOLD_AS.has(body["code"]) ? [`a fault told as ${text}`] : []),
    ...(isWait && !(Number(headers["retry-after"]) > 0) ? [`no Retry-After: ${text}`] : []),
    ...(secretsOf(run).some((secret) => showsIn(text, secret)) ? [`leaked in ${text}`] : []),
    ...(await freeGuess(run, request, answer)),
  ];
}

/** A guess whose result is told is counted in the item. */
async function freeGuess(
  run: Run,
  { route, id, body }: Request,
  answer: Answer,
): Promise<readonly string[]> {
  const { result } = answer.body;
  if (route !== "check" || !["incorrect", "approved"].includes(String(result))) return [];
  if (id === undefined || !isVerificationId(id)) return ["a result without an id"];
  const key = await run.deps.keys.code(run.deps.keyEpoch);
  const guess = guessOf(key, id, String(body?.["code"]));
  const tried = await triedIn(run, id);
  return tried.has(guess) ? [] : [`${result} was told of a guess that is not counted`];
}

async function triedIn(run: Run, id: string): Promise<ReadonlySet<unknown>> {
  const { tried } = { ...(await verificationItem(run, id)) };
  return tried instanceof Set ? tried : new Set();
}

export async function verificationItem(run: Run, id: string) {
  if (!isVerificationId(id)) throw new Error("no id");
  return run.item(`verification#${keyOf(id)}`);
}

/** What stands at the end of a run: each message had a turn of its own and its price, no check is uncounted, and no line of the log tells a secret. */
export async function brokenInTheEnd(run: Run, ids: readonly string[]): Promise<readonly string[]> {
  const turns = new Set(run.sent.map(({ turn }) => turn));
  const items = await Promise.all(ids.map((id) => verificationItem(run, id)));
  return [
    ...(turns.size < run.sent.length ? ["two messages in one turn"] : []),
    ...run.sent.flatMap(({ turn, at, reservedMicros, lifetimeSeconds }, before) => [
      ...(turn === 0 ? ["a message without a turn"] : []),
      ...(at - turn > PROMISED.longestFromTurnToSend
        ? [`sent ${at - turn} ms after its turn`]
        : []),
      ...(reservedMicros < priceOf(run.sent.slice(0, before + 1))
        ? ["a message without a reservation"]
        : []),
      ...(lifetimeSeconds < 1 ? ["a code sent that had ended"] : []),
    ]),
    ...items.flatMap((item) => {
      const { checks, tried } = { checks: 0, tried: new Set(), ...item };
      const counted = tried instanceof Set ? tried.size : 0;
      const isKept = keepsGuesses({ checks: Number(checks), tried: counted });
      return isKept ? [] : [`${checks} checks of ${counted} guesses`];
    }),
    ...run.logged
      .filter((line) => [...secretsOf(run), ...ids].some((secret) => showsIn(line, secret)))
      .map((line) => `leaked in the log: ${line}`),
  ];
}

function priceOf(sent: readonly Sent[]): number {
  return sent.reduce((sum, { priceMicros }) => sum + priceMicros, 0);
}

function secretsOf({ to, sent }: Pick<Run, "to" | "sent">): readonly string[] {
  return [to.slice(1), QUOTED_CODE, ...sent.map(({ code }) => code)].filter(
    (secret) => secret !== "",
  );
}

/** A secret is looked for as a whole: six digits in a row may stand in a time by chance. */
function showsIn(text: string, secret: string): boolean {
  return new RegExp(`(?<![0-9])${secret.replace(/[^\w]/g, "\\$&")}(?![0-9])`).test(text);
}

/** What the number's range, its country and the service owe. */
export async function sharedUnverified({ deps, item, to }: Run): Promise<number> {
  const index = await deps.keys.index();
  const asking = { clientAddress: undefined, to: phoneOf(to), country: "GB" } as const;
  const { shared } = scopesOf(index, deps.scopeTerms, asking);
  const windows = windowsAt(shared, deps.scopeTerms, { now: deps.time.now });
  return readUnverified({ read: item }, windows);
}

export function phoneOf(text: string) {
  if (!isE164(text)) throw new Error("a number of a test is E.164");
  return text;
}
