import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openJournal } from "../../local/persistence/journal.ts";
import type { Disturbance } from "../../local/twilio/disturbances.ts";
import { type Emulator, startEmulator } from "../../local/twilio/emulator.ts";
import { openLedger } from "../../local/twilio/ledger.ts";
import type { Delivery } from "../../local/twilio/message-handlers.ts";
import { createNetwork, NETWORK_NAMES, NETWORKS } from "../../local/twilio/phone-network.ts";
import { PROVIDER_ERRORS } from "../../local/twilio/provider-errors.ts";
import { aFolder } from "../support/folder.ts";
import { type Listener, startListener } from "./support/listener.ts";
import { liveClient } from "./support/twilio-clients.ts";

const MANY = 20_000;
/** Five standard deviations: once in 1.7 million for a rate that holds, and the seeds are fixed. */
const DEVIATIONS = 5;

function drawn(name: keyof typeof NETWORKS, seed: number, count = MANY): readonly Disturbance[] {
  const network = createNetwork(name, seed);
  return Array.from({ length: count }, () => network.next());
}

function expectRate(rate = Number.NaN, hits = 0, count = MANY): void {
  const deviation = Math.sqrt((rate * (1 - rate)) / count);
  expect(Math.abs(hits / count - rate)).toBeLessThanOrEqual(DEVIATIONS * deviation);
}

/** Resolves when `isSo` is true; for hooks, where `expect.poll` is refused. Only the time-out of the hook ends it otherwise. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(20);
}

/** Whether a message, a call or a request meets with each thing. */
const MET: Readonly<Record<string, (one: Disturbance) => boolean>> = {
  late: ({ lateSeconds = 0 }) => lateSeconds > 0,
  lost: ({ isLost }) => isLost === true,
  reordered: ({ isReordered }) => isReordered === true,
  duplicated: ({ isDuplicated }) => isDuplicated === true,
  providerError: ({ error }) => error !== undefined,
};

describe("the network of phones", () => {
  it("comes again with its seed, and is another one with another", () => {
    expect(drawn("bad", 7, 500)).toEqual(drawn("bad", 7, 500));
    expect(drawn("bad", 8, 500)).not.toEqual(drawn("bad", 7, 500));
  });

  it.each(NETWORK_NAMES.flatMap((name) => [1, 2, 3].map((seed) => [name, seed] as const)))(
    "%s with the seed %i is as bad as its settings",
    (name, seed) => {
      const all = drawn(name, seed);
      const rates: Readonly<Record<string, number>> = NETWORKS[name];
      for (const [what, isMet] of Object.entries(MET))
        expectRate(rates[what], all.filter(isMet).length);
      const callbacks = all.flatMap(({ lostCallbacks = [] }) => lostCallbacks);
      expectRate(rates["lostCallback"], callbacks.filter(Boolean).length, callbacks.length);
    },
  );

  it("is bad where 30 % are late, 10 % lost, 10 % in the wrong order, and 5 % meet a fault", () => {
    expect(NETWORKS.bad).toMatchObject({
      late: 0.3,
      lost: 0.1,
      reordered: 0.1,
      providerError: 0.05,
    });
  });

  it("is late by 5 to 90 seconds, and brings every kind of fault", () => {
    const bad = drawn("bad", 4);
    const late = bad.flatMap(({ lateSeconds = 0 }) => (lateSeconds > 0 ? [lateSeconds] : []));
    expect(Math.min(...late)).toBeGreaterThanOrEqual(5);
    expect(Math.max(...late)).toBeLessThanOrEqual(90);
    expect(new Set(bad.map(({ error }) => error))).toEqual(
      new Set([undefined, ...Object.values(PROVIDER_ERRORS)]),
    );
  });

  it("is good where nothing goes wrong", () => {
    expect(new Set(Object.values(NETWORKS.good))).toEqual(new Set([0]));
  });
});

describe("on a bad network", () => {
  const MESSAGES = 400;
  const AT_ONCE = 50;
  const file = join(aFolder(), "twilio.jsonl");
  const arrivals: Delivery[] = [];
  const told: string[] = [];
  let emulator: Emulator;
  let listener: Listener;
  const texts = Array.from({ length: MESSAGES }, (_, index) => `message ${index}`);
  const outcomes = new Map<string, string>();
  const sids = new Map<string, string>();
  const sidOf = (text: string): string => sids.get(text) ?? "";

  beforeAll(async () => {
    listener = await startListener();
    emulator = await startEmulator((delivery) => arrivals.push(delivery), openJournal(file), {
      network: { name: "bad", seed: 11 },
      secondMilliseconds: 5,
    });
    emulator.onIncident(({ what }) => told.push(what.join(", ")));
    for (let sent = 0; sent < MESSAGES; sent += AT_ONCE) {
      for (const text of texts.slice(sent, sent + AT_ONCE)) void send(text);
      await until(() => outcomes.size + hangs() === sent + AT_ONCE);
    }
    for (const text of texts) if (!outcomes.has(text)) outcomes.set(text, "unanswered");
    await until(() => !of("accepted").some(isExpectingMore));
  });

  /** Requests that the network leaves without an answer, as the ledger has them. */
  const hangs = (): number =>
    told.filter((words) => words.includes("Twilio gave no answer")).length;

  async function send(text: string): Promise<void> {
    const asking = liveClient(() => emulator).messages.create({
      from: "+15005550006",
      to: "+447700900123",
      body: text,
      statusCallback: `${listener.url}/callback`,
    });
    await asking.then(
      ({ sid }) => {
        sids.set(text, sid);
        outcomes.set(text, "accepted");
      },
      // The end of the emulator breaks the connections that were never answered.
      () => outcomes.has(text) || outcomes.set(text, "refused"),
    );
  }

  afterAll(() => Promise.all([emulator.stop(), listener.stop()]));

  const of = (outcome: string) => texts.filter((text) => outcomes.get(text) === outcome);

  /** What is told of a message that was accepted: the callbacks that came, and the words of the ledger. */
  function toldOf(text: string) {
    const sid = sidOf(text);
    const heard = listener.heard.flatMap(({ form }) =>
      form["MessageSid"] === sid ? [form["MessageStatus"]] : [],
    );
    const words = emulator.incidents().flatMap((one) => (one.sid === sid ? one.what : []));
    const due = words.includes("lost on its way")
      ? ["sending", "sent"]
      : ["sending", "sent", "delivered"];
    const missing = due.filter((status) => !heard.includes(status));
    const named = words.filter((word) => word.startsWith("no callback"));
    const times = words.includes("each callback twice") ? 2 : 1;
    const awaited = (due.length - named.length) * times - heard.length;
    return { named, awaited, missing: missing.map((status) => `no callback for "${status}"`) };
  }

  const isExpectingMore = (text: string): boolean => toldOf(text).awaited > 0;

  it("every accepted message arrives once, or the ledger records that it was lost", () => {
    const counts = new Map<string, number>();
    for (const { text } of arrivals) counts.set(text, (counts.get(text) ?? 0) + 1);
    expect([...counts.values()].every((count) => count === 1)).toBe(true);
    const lost = new Set(
      emulator
        .incidents()
        .filter(({ what }) => what.includes("lost on its way"))
        .map(({ sid }) => emulator.stored(sid)?.body),
    );
    expect(of("accepted").length).toBeGreaterThan(MESSAGES * 0.9);
    expect(of("accepted").filter((text) => !counts.has(text) && !lost.has(text))).toEqual([]);
    expect(lost.size).toBeGreaterThan(MESSAGES * 0.05);
  });

  it("what was not answered may have been sent, and the ledger records which", () => {
    const arrived = new Set(arrivals.map(({ text }) => text));
    expect(of("unanswered").length + of("refused").length).toBeGreaterThan(0);
    const wentOn = emulator
      .incidents()
      .filter(({ what }) => what.some((words) => words.includes("went on all the same")));
    for (const { sid, what } of wentOn) {
      const text = emulator.stored(sid)?.body ?? "";
      expect(outcomes.get(text)).not.toBe("accepted");
      expect(arrived.has(text)).toBe(!what.includes("lost on its way"));
    }
    const nothing = emulator.incidents().filter(({ sid }) => sid === "");
    expect(nothing.length + wentOn.length).toBe(of("unanswered").length + of("refused").length);
  });

  it("nothing goes wrong in silence: each is printed as it happens, and in the ledger after a restart", () => {
    expect(told).toEqual(emulator.incidents().map(({ what }) => what.join(", ")));
    expect(openLedger(openJournal(file)).incidents()).toEqual(emulator.incidents());
  });

  it("callbacks come late, twice, in the wrong order and not at all, and each is of a message that there is", () => {
    const bySid = new Map<string, string[]>();
    for (const { form } of listener.heard) {
      const { MessageSid: sid = "", MessageStatus: status = "" } = form;
      expect(emulator.stored(sid)).toBeDefined();
      bySid.set(sid, [...(bySid.get(sid) ?? []), status]);
    }
    const sequences = [...bySid.values()].map((statuses) => statuses.join(" "));
    expect(sequences).toContain("sending sent delivered");
    expect(sequences).toContain("sending sent");
    expect(sequences).toContain("sending delivered sent");
    expect(sequences).toContain("sending sending sent sent delivered delivered");
    expect(sequences).toContain("sent delivered");
  });

  it("a callback that never came is named in the ledger, and no other one is", () => {
    for (const text of of("accepted")) {
      const { named, missing } = toldOf(text);
      expect(named).toEqual(missing);
    }
  });

  it("the network can change: it is good from then on", async () => {
    emulator.setNetwork("good", 1);
    const before = arrivals.length;
    const client = liveClient(() => emulator);
    for (let count = 0; count < 30; count += 1)
      await client.messages.create({ from: "+15005550006", to: "+447700900123", body: "good" });
    expect(arrivals).toHaveLength(before + 30);
    expect(emulator.network()).toEqual({ name: "good", seed: 1 });
  });
});
