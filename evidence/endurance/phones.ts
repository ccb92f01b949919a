import type { News, TakenSend } from "./messages.ts";

/** A code that somebody has. */
export type HeardCode = {
  readonly sid: string;
  readonly code: string;
  readonly takenAt: number;
};

/** All phones: what came to each, and what Twilio took for it. */
export type Phones = {
  readonly learn: (news: News) => void;
  /** The newest code of a number whose message Twilio took at `since` or later; waits for one, and gives up after a while. */
  readonly codeOf: (
    number: string,
    since: number,
    patienceMilliseconds: number,
  ) => Promise<HeardCode | undefined>;
  readonly sends: () => readonly (TakenSend & { readonly segments: number })[];
  readonly codes: () => ReadonlySet<string>;
  /** Requests to Twilio that failed without an answer, so that the system cannot know whether it sent; it did not. By channel. */
  readonly lostInDoubt: () => readonly string[];
  readonly incidents: () => number;
};

/** Only a 429 and an error that names the message promise that nothing was sent. */
const IN_DOUBT = [
  "Twilio answered 500, and did nothing",
  "Twilio answered 503, and did nothing",
  "Twilio gave no answer, and did nothing",
  "the connection broke, and Twilio did nothing",
] as const;

export function createPhones(): Phones {
  const sends = new Map<string, TakenSend>();
  const heard = new Map<string, readonly HeardCode[]>();
  const segments = new Map<string, number>();
  const codes = new Set<string>();
  const waiting = new Set<() => void>();
  const inDoubt: string[] = [];
  let incidents = 0;

  const newest = (number: string, since: number): HeardCode | undefined =>
    heard.get(number)?.findLast(({ takenAt }) => takenAt >= since);

  const learnIncident = ({ what, channel }: Extract<News, { kind: "incident" }>): void => {
    incidents += 1;
    if (what.some((word) => IN_DOUBT.some((one) => one === word))) inDoubt.push(channel);
  };

  const learnCode = (news: Extract<News, { kind: "heard" }>): void => {
    const takenAt = sends.get(news.sid)?.takenAt ?? 0;
    heard.set(news.to, [...(heard.get(news.to) ?? []), { ...news, takenAt }]);
    segments.set(news.sid, news.segments);
    codes.add(news.code);
    for (const wake of waiting) wake();
  };

  return {
    learn: (news) => {
      if (news.kind === "taken") sends.set(news.send.sid, news.send);
      if (news.kind === "incident") learnIncident(news);
      if (news.kind === "heard") learnCode(news);
    },
    codeOf: (number, since, patienceMilliseconds) =>
      new Promise((resolve) => {
        const done = (): void => {
          waiting.delete(look);
          clearTimeout(timer);
          resolve(newest(number, since));
        };
        const look = (): void => {
          if (newest(number, since) !== undefined) done();
        };
        const timer = setTimeout(done, patienceMilliseconds);
        waiting.add(look);
        look();
      }),
    sends: () =>
      [...sends.values()].map((send) => ({ ...send, segments: segments.get(send.sid) ?? 1 })),
    codes: () => codes,
    lostInDoubt: () => inDoubt,
    incidents: () => incidents,
  };
}
