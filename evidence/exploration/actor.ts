import { createHash } from "node:crypto";
import { cancel } from "../../functions/verification/cancel.ts";
import { check } from "../../functions/verification/check.ts";
import {
  isTicket,
  keyOf,
  type Mac,
  type VerificationId,
} from "../../functions/verification/identifiers.ts";
import { takeNextStep } from "../../functions/verification/next-step.ts";
import type { Message, SendOutcome } from "../../functions/verification/ports.ts";
import { type DeliveryReport, receiveReport } from "../../functions/verification/report.ts";
import { type ResendRequest, resend } from "../../functions/verification/resend.ts";
import { type StartRequest, start } from "../../functions/verification/start.ts";
import type { Channel, Instant } from "../../functions/verification/verification.ts";
import { aStart, carriedBy, type Deps, idIn, someDeps } from "../../test/support/deps.ts";
import type { Clause, Stores } from "../../test/support/engine-stores.ts";
import { type Ask, askingStores, type Call } from "./ground.ts";

/** The answer that an actor received at the end of a request. `began` is when it was made. */
export type Heard =
  | {
      readonly kind: "check";
      readonly verification: string;
      readonly code: string;
      readonly request: string | undefined;
      readonly began: Instant;
      readonly result: string;
      readonly proof: string | undefined;
    }
  | {
      readonly kind: "send";
      readonly verification: string | undefined;
      /** The codes that were drawn for it, sent or not. */
      readonly drawn: readonly string[];
      readonly request: string | undefined;
      readonly result: string;
    }
  | {
      readonly kind: "cancel";
      readonly verification: string;
      readonly began: Instant;
      readonly result: string;
    }
  | { readonly kind: "report"; readonly code: string; readonly result: string }
  | { readonly kind: "fault"; readonly result: string };

/** A message as it was handed to the provider. */
export type Handed = {
  readonly by: string;
  readonly number: string;
  readonly verification: string;
  readonly mac: Mac | undefined;
  readonly code: string;
  readonly channel: Channel;
  /** The turn that it was sent on, and the turn that it took over, if any. */
  readonly turnAt: Instant;
  readonly replaces: Instant | undefined;
  readonly ticketIssuedAt: Instant | undefined;
  readonly request: string | undefined;
  readonly counted: readonly string[];
  readonly messageId: string;
  readonly token: string;
  /** The provider refused it: it did not arrive. */
  readonly isRefused: boolean;
};

export type Script = (actor: ReturnType<typeof anActor>) => Promise<unknown>;

/** The settings of a configuration. */
export type Terms = Partial<Pick<Deps, "scopeTerms" | "spendTerms" | "channels" | "countries">>;

/** An answer to the call of this place in the order of asking, and what the clock showed when it came. */
export type Answered = { readonly place: number; readonly answer: Answer; readonly now: Instant };
export type Answer = { readonly value?: unknown; readonly fault?: string };

/** Where an actor stands after what it was answered: what it waits for, and which answers it received. */
export type SwitchState = {
  readonly waitsFor: readonly { readonly place: number; readonly call: Call }[];
  readonly heard: readonly Heard[];
  readonly isDone: boolean;
  /** Whether it looked at the clock after the last answer. */
  readonly readsClock: boolean;
};

type Asked = {
  readonly call: Call;
  readonly resolve: (value: unknown) => void;
  readonly reject: (fault: Error) => void;
};

/**
 * Runs an actor from its beginning through a history of answers. It has no other input: codes, ids and keys are the same in every run, so where it
 * stands is a function of the history.
 */
export async function switchAfter(
  {
    name,
    script,
    terms,
    removed,
  }: {
    readonly name: string;
    readonly script: Script;
    readonly terms: Terms;
    readonly removed: Clause | undefined;
  },
  history: readonly Answered[],
): Promise<SwitchState> {
  const time = { now: 0, isRead: false };
  const asked: Asked[] = [];
  const heard: Heard[] = [];
  const ask: Ask = (call) =>
    new Promise((resolve, reject) => {
      asked.push({ call, resolve, reject });
    });
  const clock = () => {
    time.isRead = true;
    return time.now;
  };
  const actor = anActor({
    name,
    ask,
    clock,
    heard,
    terms,
    stores: askingStores(ask, clock, removed),
  });
  let isDone = false;
  const run = script(actor)
    .catch((fault: unknown) => heard.push({ kind: "fault", result: String(fault) }))
    .finally(() => {
      isDone = true;
    });
  await stillness();
  for (const { place, answer, now } of history) {
    time.now = now;
    time.isRead = false;
    const { fault, value } = answer;
    if (fault === undefined) asked[place]?.resolve(value);
    else asked[place]?.reject(new Error(fault));
    await stillness();
  }
  if (isDone) await run;
  const answered = new Set(history.map(({ place }) => place));
  const waitsFor = asked.flatMap(({ call }, place) =>
    answered.has(place) ? [] : [{ place, call }],
  );
  return { waitsFor, heard, isDone, readsClock: time.isRead };
}

/** Until nothing can go on that is not answered. All that runs in an actor between two answers are microtasks. */
function stillness(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

type Ended = Awaited<ReturnType<typeof start>> | Awaited<ReturnType<typeof resend>>;

type Making = {
  readonly name: string;
  readonly ask: Ask;
  readonly clock: () => Instant;
  readonly heard: Heard[];
  readonly terms: Terms;
  readonly stores: Stores;
};

/** The state of the send that an actor is making. */
type Sending = {
  -readonly [Fact in keyof Omit<
    Handed,
    "by" | "code" | "channel" | "messageId" | "token" | "isRefused"
  >]: Handed[Fact];
};

const nothing = (words: string): Call => ({ port: "nothing", method: words, args: [], words });

/** What an actor can do. Every wait for something is a step of its own. */
function anActor({ name, ask, clock, heard, terms, stores }: Making) {
  const sending = freshSending();
  const provider: { outcome: SendOutcome["kind"] } = { outcome: "accepted" };
  const random = scriptedRandom(name);
  const deps: Deps = {
    ...someDeps(watched(stores, sending)),
    ...terms,
    clock,
    random,
    sender: { send: (message) => handOver(message, { name, ask, sending, provider }) },
  };

  async function begin(words: string, request?: string): Promise<void> {
    Object.assign(sending, freshSending(), { request });
    await ask(nothing(words));
  }

  function hearSend(verification: string | undefined, outcome: Ended): void {
    const result = outcome.kind === "refused" ? outcome.why : outcome.kind;
    const { request } = sending;
    heard.push({ kind: "send", drawn: random.drawn(), verification, request, result });
  }

  return {
    /** The codes that are drawn next, in this order. */
    draws: random.draws,
    provider(outcome: SendOutcome["kind"]) {
      provider.outcome = outcome;
    },
    async start(request: Partial<StartRequest> = {}) {
      await begin("start", request.idempotencyKey);
      const outcome = await start(deps, aStart(request));
      const id = outcome.kind === "started" ? idIn(outcome.view.id) : undefined;
      hearSend(id && keyOf(id), outcome);
      return id;
    },
    async check(id: VerificationId, code: string, idempotencyKey?: string) {
      await begin("check", idempotencyKey);
      const began = clock();
      const outcome = await check(deps, { id, code, idempotencyKey, clientAddress: "192.0.2.1" });
      const isChecked = outcome.kind === "checked";
      heard.push({
        kind: "check",
        verification: keyOf(id),
        code,
        request: idempotencyKey,
        began,
        result: isChecked ? outcome.result : outcome.why,
        proof: isChecked ? outcome.proof : undefined,
      });
      return isChecked && outcome.ticket !== undefined && isTicket(outcome.ticket)
        ? outcome.ticket
        : undefined;
    },
    async resend(id: VerificationId, request: Omit<ResendRequest, "id"> = {}) {
      await begin("resend", request.idempotencyKey);
      hearSend(keyOf(id), await resend(deps, { clientAddress: "192.0.2.1", ...request, id }));
    },
    async cancel(id: VerificationId) {
      await begin("cancel");
      const began = clock();
      const outcome = await cancel(deps, { id });
      heard.push({
        kind: "cancel",
        began,
        verification: keyOf(id),
        result: outcome.kind === "refused" ? outcome.why : outcome.kind,
      });
    },
    /** The provider reports the outcome of the message with this code, once it is sent. */
    async report(code: string, report: DeliveryReport) {
      const call = { port: "handset", method: "reads", args: [code], words: "the handset" };
      const [token, messageId] = textsIn(await ask(call));
      heard.push({ kind: "report", code, result: report.delivery });
      await receiveReport(
        { ...deps, nextSteps: { take: async (step) => void (await takeNextStep(deps, step)) } },
        { token: token ?? "", provider: "twilio", messageId: messageId ?? "", report },
      );
    },
    async wait(seconds: number) {
      await ask({ port: "clock", method: "passes", args: [seconds], words: `${seconds} s pass` });
    },
    /** Something else that the ground can do, such as what an operator writes. */
    async does(work: (stores: Stores, now: Instant) => Promise<unknown>) {
      await ask(nothing("operator"));
      await work(stores, clock());
    },
    ask,
  };
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function freshSending(): Sending {
  return {
    verification: "",
    mac: undefined,
    number: "",
    turnAt: 0,
    replaces: undefined,
    ticketIssuedAt: undefined,
    request: undefined,
    counted: [],
  };
}

/** Notes the ground of a message: the writes that the domain requested and was granted, and no statement of its own. */
function watched(stores: Stores, sending: Sending): Stores {
  const { verifications, numbers, scopes, spend } = stores;
  return {
    ...stores,
    verifications: {
      ...verifications,
      create(verification) {
        sending.verification = verification.key;
        sending.mac = verification.codes[0]?.mac;
        return verifications.create(verification);
      },
      resend(write) {
        sending.verification = write.key;
        sending.mac = write.code.mac;
        return verifications.resend(write);
      },
    },
    numbers: {
      ...numbers,
      async takeTurn(number, now, ticket) {
        const write = await numbers.takeTurn(number, now, ticket);
        if (write.kind === "taken")
          Object.assign(sending, {
            number,
            turnAt: now,
            replaces: undefined,
            ticketIssuedAt: ticket?.issuedAt,
          });
        return write;
      },
      async replaceTurn(number, turns) {
        const write = await numbers.replaceTurn(number, turns);
        if (write.kind === "taken")
          Object.assign(sending, { number, turnAt: turns.now, replaces: turns.failed });
        return write;
      },
    },
    scopes: {
      ...scopes,
      async add(unverified) {
        const charge = await scopes.add(unverified);
        if (charge.kind === "counted")
          sending.counted = [...sending.counted, unverified.key].toSorted();
        return charge;
      },
    },
    spend: {
      ...spend,
      async reserve(charge, room, windows = []) {
        const reserved = await spend.reserve(charge, room, windows);
        if (reserved.kind === "taken")
          sending.counted = [...sending.counted, ...windows.map(({ key }) => key)].toSorted();
        return reserved;
      },
    },
  };
}

type Handing = Pick<Making, "name" | "ask"> & {
  readonly sending: Sending;
  readonly provider: { readonly outcome: SendOutcome["kind"] };
};

/** A message leaves in one step and the answer arrives in another: between them the message is out, and no actor knows. */
async function handOver(
  message: Message,
  { name, ask, sending, provider: { outcome } }: Handing,
): Promise<SendOutcome> {
  const code = carriedBy(message);
  const messageId = `SM of ${name} ${code}`;
  const handed: Handed = {
    by: name,
    ...sending,
    code,
    channel: message.channel,
    messageId,
    token: message.reportToken,
    isRefused: outcome === "refused",
  };
  await ask({
    port: "handset",
    method: "leaves",
    args: [handed],
    words: `a message with ${code} leaves`,
  });
  await ask(nothing("the provider answers"));
  if (outcome === "accepted") return { kind: "accepted", provider: "twilio", messageId };
  return outcome === "refused"
    ? { kind: "refused", why: "provider-unavailable" }
    : { kind: "unknown" };
}

/** The code that is drawn where the verification already has the given one. */
const DRAWN_AGAIN = ["602214", "662607", "667430"];

/** Codes as they are sent, and bytes that differ from call to call and from actor to actor, and are the same in every run. */
function scriptedRandom(name: string) {
  let codes: readonly string[] = [];
  let drawn: readonly string[] = [];
  let calls = 0;
  return {
    draws(...next: readonly string[]) {
      codes = [...next, ...DRAWN_AGAIN];
      drawn = [];
    },
    drawn: () => drawn,
    integer(): number {
      const [code, ...later] = codes;
      if (code === undefined) throw new Error(`${name} has no code to draw`);
      codes = later;
      drawn = [...drawn, code];
      return Number(code);
    },
    bytes(count: number): Uint8Array {
      calls += 1;
      return createHash("sha256").update(`${name}, call ${calls}`).digest().subarray(0, count);
    },
  };
}
