import type { CallView } from "../../../local/twilio/live-call.ts";
import type { Attempt, Target } from "./target.ts";

/**
 * Starts a verification by a call, takes it in the moment in which it rings, and presses a key, if one is named, once something was said and a key is
 * waited for. A second of these calls is so short that nobody could do so from outside.
 */
export async function callTo(target: Target, { key, body = {}, more = {} }: CallWish = {}) {
  const to = target.newNumber();
  const { handset } = target;
  const over = Promise.withResolvers<CallView>();
  let beforeTheKey = "";
  const stop = handset.subscribeToCalls((view) => {
    const call = handset.calls().find((one) => one.view().sid === view.sid);
    if (view.to !== to || call === undefined) return;
    if (view.state === "ringing") call.answer();
    if (view.state === "ended") over.resolve(view);
    if (key !== undefined && isReady(view)) {
      beforeTheKey = textOf(view);
      call.press(key);
    }
  });
  const reply = await target.start({ ...body, to, channel: "voice" }, more);
  if (reply.status !== 201) throw new Error(`a call was answered ${reply.status} ${reply.text}`);
  const call = await over.promise;
  stop();
  const said = /\d(?:, \d){5}/.exec(textOf(call))?.[0] ?? "";
  // The answer to the start, the call when it is over, what it had said when the key was pressed, and the code that it has said, if any.
  return { reply, call, beforeTheKey, code: said.replaceAll(", ", "") };
}

type CallWish = {
  readonly key?: "1" | "7" | "#";
  readonly body?: Readonly<Record<string, unknown>>;
  readonly more?: Attempt;
};

function isReady({ state, lines, isListening, keys }: CallView): boolean {
  return state === "talking" && lines.length > 0 && isListening && keys === "";
}

function textOf({ lines }: CallView): string {
  return lines.map(({ text }) => text).join(" ");
}
