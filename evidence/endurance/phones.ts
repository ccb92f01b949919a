import { segmentsOf } from "../../functions/verification/segments.ts";
import type { System } from "../../local/system.ts";
import type { CallView, LiveCall } from "../../local/twilio/live-call.ts";

type Channel = "sms" | "whatsapp" | "voice";

/** A message or call that Twilio took, and the code that reached its person, in a text or by a voice. */
type Send = {
  readonly to: string;
  readonly channel: Channel;
  /** Unix milliseconds at which Twilio took it. */
  readonly takenAt: number;
  segments: number;
  code?: string;
};
export type ReceivedSend = Send & { readonly code: string };

/** All phones: what came to each, and what Twilio took for it. */
export type Phones = ReturnType<typeof createPhones>;

/** Only a 429 and an error that names the message promise that nothing was sent. */
const IN_DOUBT = [
  "Twilio answered 500, and did nothing",
  "Twilio answered 503, and did nothing",
  "Twilio gave no answer, and did nothing",
  "the connection broke, and Twilio did nothing",
] as const;

/** Listens at every phone of a system, and answers every call. */
export function createPhones(system: System) {
  const { handset, emulator } = system;
  const sends = new Map<string, Send>();
  const received = new Map<string, readonly ReceivedSend[]>();
  const waiting = new Set<() => void>();
  /** Requests to Twilio that failed without an answer, so that the system cannot know whether it sent; it did not. By channel. */
  const inDoubt: string[] = [];
  let incidents = 0;

  const taken = (sid: string, to: string, channel: Channel): Send | undefined => {
    if (sid === "") return undefined;
    const stored = channel === "voice" ? emulator.storedCall(sid) : emulator.stored(sid);
    const takenAt = stored?.createdAt.getTime() ?? Date.now();
    const send = sends.get(sid) ?? { to, channel, takenAt, segments: 1 };
    sends.set(sid, send);
    return send;
  };
  const receive = (send: Send | undefined, code: string | undefined, segments: number): void => {
    if (send === undefined || code === undefined) return;
    const before = received.get(send.to) ?? [];
    received.set(send.to, [...before, Object.assign(send, { code, segments })]);
    for (const wake of waiting) wake();
  };
  handset.subscribe(({ sid, to, text, channel }) =>
    receive(taken(sid, to, channel), /\d{6}/.exec(text)?.[0], segmentsOf(text).segments),
  );
  emulator.onIncident(({ sid, to, channel, what }) => {
    incidents += 1;
    if (what.some((word) => IN_DOUBT.some((one) => one === word))) inDoubt.push(channel);
    // A message that Twilio took is stored right after the answer.
    setImmediate(() => taken(sid, to, channel));
  });
  answerCalls(system, ({ sid, to, lines, isVoicemail }) => {
    const send = taken(sid, to, "voice");
    const code = /\d(?:, \d){5}/.exec(lines.map(({ text }) => text).join(" "))?.[0];
    if (!isVoicemail && send?.code === undefined) receive(send, code?.replaceAll(", ", ""), 1);
  });
  return {
    /** The newest code of a number whose message Twilio took at `since` or later; waits for one, and gives up after a while. */
    codeOf: (number: string, since: number, patienceMilliseconds: number) =>
      new Promise<ReceivedSend | undefined>((resolve) => {
        const newest = () => received.get(number)?.findLast(({ takenAt }) => takenAt >= since);
        const done = (): void => {
          waiting.delete(look);
          clearTimeout(timer);
          resolve(newest());
        };
        const look = (): void => {
          if (newest() !== undefined) done();
        };
        const timer = setTimeout(done, patienceMilliseconds);
        waiting.add(look);
        look();
      }),
    sends: () => [...sends.values()],
    inDoubt,
    incidents: () => incidents,
  };
}

/** Answers each call, and presses a key when asked for one. */
function answerCalls({ handset }: System, hear: (view: CallView) => void): void {
  const talking = new Map<string, LiveCall>();
  handset.subscribeToCalls((view) => {
    const { sid, state, isListening, keys } = view;
    const call =
      talking.get(sid) ??
      handset.calls().findLast((one) => state === "ringing" && one.view().sid === sid);
    if (call === undefined) return hear(view);
    talking.set(sid, call);
    if (state === "ringing") setImmediate(() => call.answer());
    if (isListening && keys === "") setImmediate(() => call.press("5"));
    hear(view);
    if (state === "ended") talking.delete(sid);
  });
}
