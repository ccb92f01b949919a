import { describe, expect, it } from "vitest";
import { eventsOf } from "../../functions/events/translate.ts";
import { journalLine } from "../../functions/runtime/journal-line.ts";
import type { log } from "../../functions/runtime/log.ts";
import { cancel } from "../../functions/verification/cancel.ts";
import { check } from "../../functions/verification/check.ts";
import { keyOf } from "../../functions/verification/identifiers.ts";
import { isOpaqueReference } from "../../functions/verification/reference.ts";
import { receiveReport } from "../../functions/verification/report.ts";
import { resend } from "../../functions/verification/resend.ts";
import { type StartRequest, start } from "../../functions/verification/start.ts";
import {
  aStart,
  type Deps,
  fictionalNumber,
  idIn,
  newestCode,
  someDeps,
  TEST_SPEND,
} from "../support/deps.ts";

const NUMBER = "+447700900123";
const REFERENCE = "order-17";
const VERIFICATION = "v".repeat(43);
const ABOUT = {
  verification: VERIFICATION,
  reference: REFERENCE,
  country: "GB",
  channel: "sms",
  at: "2026-11-28T12:00:00.000Z",
};
const SEND = { ...ABOUT, event: "send", of: "start", purpose: "login", priceMicros: 60_000 };

const typesOf = (line: object) => eventsOf(JSON.stringify(line), "acme").map(({ type }) => type);

type Logged = Parameters<typeof log>[0]["event"];

/** Every kind of log line, and what becomes of it. */
const LINES: Readonly<Record<Logged, readonly (readonly [object, readonly string[]])[]>> = {
  send: [
    [{ ...SEND, outcome: "sent" }, ["verification.started", "verification.sent"]],
    [{ ...SEND, outcome: "sent", of: "resend" }, ["verification.sent"]],
    [{ ...SEND, outcome: "too-many-sends" }, ["verification.refused"]],
    [
      { ...SEND, outcome: "sent", of: "resend", spendThreshold: 50 },
      ["verification.sent", "spend.threshold"],
    ],
  ],
  check: [
    [{ ...ABOUT, result: "approved", checksRemaining: 0 }, ["verification.approved"]],
    [{ ...ABOUT, result: "incorrect", checksRemaining: 1 }, []],
    [{ ...ABOUT, result: "incorrect", checksRemaining: 0 }, ["verification.failed"]],
  ],
  delivery: [
    [{ ...ABOUT, delivery: "delivered" }, ["verification.delivered"]],
    [{ ...ABOUT, delivery: "undelivered", reason: "busy" }, ["verification.undelivered"]],
  ],
  cancel: [[ABOUT, ["verification.canceled"]]],
  "ruled-out": [[{ at: ABOUT.at, why: "phone-invalid" }, ["verification.refused"]]],
  ...{ answered: [[ABOUT, []]], key: [[ABOUT, []]], priced: [[ABOUT, []]] },
  ...{ fault: [[ABOUT, []]], stepped: [[ABOUT, []]] },
  ...{ operating: [[ABOUT, []]], operated: [[ABOUT, []]] },
};

describe("a log line becomes events", () => {
  it.each(
    Object.entries(LINES).flatMap(([event, rows]) =>
      rows.map(([line, types]) => ({ line: { event, ...line }, types })),
    ),
  )("$line.event, $types", ({ line, types }) => {
    expect(typesOf(line)).toEqual(types);
  });

  it("with ids that are the same each time, and of no other line or type", () => {
    const ids = (line: object) => eventsOf(JSON.stringify(line), "acme").map(({ id }) => id);
    const line = { ...SEND, outcome: "sent" };
    expect(ids(line)).toEqual(ids(line));
    const other = { ...line, at: "2026-11-28T12:00:00.001Z" };
    expect(new Set([...ids(line), ...ids(other)]).size).toBe(4);
  });

  it("with the fields of the schema and no other", () => {
    const planted = { code: "482913", to: NUMBER, client: "ipv4:x", number: "n", scopes: {} };
    const line = { event: "cancel", ...ABOUT, ...planted, app: "shop" };
    const [event] = eventsOf(JSON.stringify(line), "acme");
    expect(event).toEqual({
      ...ABOUT,
      app: "shop",
      type: "verification.canceled",
      deployment: "acme",
      id: expect.stringMatching(/^[\w-]{43}$/),
    });
  });

  it("or none, where it is no line of ours; one that lacks a field is a fault", () => {
    expect([eventsOf("Task timed out", "acme"), eventsOf("null", "acme")]).toEqual([[], []]);
    expect(() => typesOf({ event: "cancel" })).toThrow("Invalid");
  });

  it("of a refusal with the verification of a resend, and none of a start", () => {
    const verifications = ["start", "resend"].map((of) => {
      const [event] = eventsOf(JSON.stringify({ ...SEND, of, outcome: "too-many-sends" }), "acme");
      return event !== undefined && "verification" in event && event.verification;
    });
    expect(verifications).toEqual([false, VERIFICATION]);
  });
});

async function idOf(deps: Deps, request: StartRequest) {
  const started = await start(deps, request);
  if (started.kind !== "started") throw new Error(started.why);
  return idIn(started.view.id);
}

it("the reference of a start comes back in whatever becomes of it", async () => {
  const deps = someDeps();
  const asked = aStart({ reference: REFERENCE });
  const id = await idOf(deps, asked);
  await start(deps, asked);
  deps.time.now += 60_000;
  await resend(deps, { id });
  const token = deps.messages.at(-1)?.reportToken ?? "";
  const report = { delivery: "undelivered", reason: "busy" } as const;
  await receiveReport(deps, { token, provider: "twilio", messageId: "SM1", report });
  await check(deps, { id, code: newestCode(deps) });
  const other = await idOf(deps, { ...asked, to: fictionalNumber(7) });
  await cancel(deps, { id: other });
  await cancel(deps, { id: other });
  await start(deps, { ...asked, to: "+441632960001" });
  const events = deps.entries.flatMap((entry) =>
    eventsOf(JSON.stringify({ at: ABOUT.at, ...journalLine(entry) }), "acme"),
  );
  for (const event of events) expect(event).toMatchObject({ reference: REFERENCE });
  expect(events.map(({ type }) => type)).toEqual(
    [
      ...["started", "sent", "refused", "sent", "undelivered", "approved"],
      ...["started", "sent", "canceled", "refused"],
    ].map((end) => `verification.${end}`),
  );
});

it("a share of a cap is reached once: by the send that passes it", async () => {
  const spendTerms = {
    ...TEST_SPEND,
    total: { perHourMicros: 1_000_000, perDayMicros: 9_000_000 },
  };
  const deps = { ...someDeps(), spendTerms };
  for (let send = 0; send < 8; send++) {
    const to = `+4477009001${String(send).padStart(2, "0")}`;
    await start(deps, aStart({ to }));
  }
  const reached = deps.entries.flatMap((entry, index) =>
    entry.event === "send" && entry.spendThreshold !== undefined
      ? [[index, entry.spendThreshold]]
      : [],
  );
  expect(reached).toEqual([
    [4, 50],
    [7, 75],
  ]);
});

it("an approval of a verification has the key of its proof", async () => {
  const deps = someDeps();
  const id = await idOf(deps, aStart());
  await check(deps, { id, code: newestCode(deps) });
  expect(deps.entries.at(-1)).toMatchObject({ event: "check", verification: keyOf(id) });
});

it.each([
  ...["order-17", "550e8400-e29b-41d4-a716-446655440000", "507f1f77bcf86cd799439011"],
  ...["01ARZ3NDEKTSV4RRFFQ69G5FAV", "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3"],
  ...["12345", "1234567890123456"],
])("the reference %s is opaque", (text) => {
  expect(isOpaqueReference(text)).toBe(true);
});

it.each([
  ...["482913", "code:482913", "x482913", "48-29-13", "+447700900123", "user/07700.900.123"],
  ...["tel447700900123", "(44)7700/900_123", "%2B447700900123", "x447700900123x1"],
  ...["447700900123-0001", "447700900123:1700000000"],
])("the reference %s could be a number or a code", (text) => {
  expect(isOpaqueReference(text)).toBe(false);
});
