import { setTimeout as delay } from "node:timers/promises";
import type { Seeded } from "../simulation/seeded.ts";
import { type Answer, type Api, count, newKey } from "./api.ts";
import type { Phones, ReceivedSend } from "./phones.ts";

/** Each request and its outcome, as the caller saw it. The promises are compared with these at the end. */
export type Deeds = {
  started: number;
  approved: number;
  canceled: number;
  /** Nothing came in time, or a limit refused the start. */
  withoutCode: number;
  repeated: number;
  withTicket: number;
  /** Right codes, typed in time, that did not lead to a proof. */
  readonly lostApprovals: string[];
  /** Requests that were repeated with their key, and got another answer. */
  readonly unlikeRepeats: string[];
  /** How many guesses each verification counted. */
  readonly guesses: Map<string, number>;
  /** Starts and resends whose answer was that nothing was sent. */
  readonly unsent: { readonly to: string; readonly from: number; readonly until: number }[];
  /** Of the hostile requests, how many each kind made. */
  readonly hostile: Map<string, number>;
  /** What hostile requests got that they must not get. */
  readonly surrenders: string[];
  /** Requests that got no answer at all. */
  readonly unanswered: string[];
};

export function newDeeds(): Deeds {
  return {
    ...{ started: 0, approved: 0, canceled: 0, withoutCode: 0, repeated: 0, withTicket: 0 },
    ...{ lostApprovals: [], unlikeRepeats: [], unsent: [], surrenders: [], unanswered: [] },
    guesses: new Map(),
    hostile: new Map(),
  };
}

export type Scene = {
  readonly api: Api;
  readonly phones: Phones;
  readonly random: Seeded;
  readonly deeds: Deeds;
};

/** A person with a phone. */
export type Person = {
  readonly to: string;
  readonly from: string;
  /** From the last time. */
  ticket?: string;
};

/** People look for half a minute, and then ask for another code. */
const PATIENCE_MILLISECONDS = 33_000;
const TRIES = 3;
const TRIES_AFTER_FAULTS = 4;
const FAULT_PAUSE_MILLISECONDS = 2_000;
const SHARES = {
  whatsapp: 0.15,
  voice: 0.12,
  doubleTap: 0.1,
  cancels: 0.05,
  typo: 0.25,
  repeatsCheck: 0.15,
  otherChannel: 0.3,
} as const;

/** One sign-in, from the number to the proof, with the slips that people make. */
export async function signIn(scene: Scene, person: Person): Promise<void> {
  const { deeds, random } = scene;
  deeds.started += 1;
  const { ticket } = person;
  if (ticket !== undefined) deeds.withTicket += 1;
  delete person.ticket;
  const started = await start(scene, person, ticket);
  if (started === undefined) {
    deeds.withoutCode += 1;
    return;
  }
  const { id, since } = started;
  if (random.chance(SHARES.cancels)) {
    await scene.api.ask({ method: "DELETE", path: `/v1/verifications/${id}`, from: person.from });
    deeds.canceled += 1;
    return;
  }
  const heard = await codeFor(scene, person, { id, since });
  if (heard === undefined) deeds.withoutCode += 1;
  else await prove(scene, person, id, heard);
}

async function start(
  { api, random, deeds }: Scene,
  { to, from }: Person,
  ticket: string | undefined,
): Promise<{ readonly id: string; readonly since: number } | undefined> {
  const way = random.between(0, 1);
  const channel =
    way < SHARES.whatsapp ? "whatsapp" : way < SHARES.whatsapp + SHARES.voice ? "voice" : "sms";
  const asking = {
    method: "POST",
    path: "/v1/verifications",
    from,
    headers: newKey(),
    body: { to, channel, ...(ticket === undefined ? {} : { ticket }) },
  };
  const since = Date.now();
  const times = random.chance(SHARES.doubleTap) ? 2 : 1;
  const answers = await Promise.all(Array.from({ length: times }, () => api.ask(asking)));
  deeds.repeated += times - 1;
  const ids = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body["id"]));
  if (ids.size > 1) deeds.unlikeRepeats.push("a start with one key made two verifications");
  if (times === 1) noteUnsent(deeds, to, answers[0]);
  const [id] = ids;
  return typeof id === "string" ? { id, since } : undefined;
}

/** Waits for a code, asks how its message fares, and asks for another one where none comes. */
async function codeFor(
  scene: Scene,
  { to, from }: Person,
  { id, since }: { readonly id: string; readonly since: number },
): Promise<ReceivedSend | undefined> {
  const { api, phones, random, deeds } = scene;
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const coming = phones.codeOf(to, since, PATIENCE_MILLISECONDS);
    await api.ask({ method: "GET", path: `/v1/verifications/${id}`, from });
    const heard = await coming;
    if (heard !== undefined || tries === TRIES) return heard;
    const path = `/v1/verifications/${id}/resend`;
    const body = random.chance(SHARES.otherChannel) ? { channel: "sms" } : {};
    noteUnsent(deeds, to, await api.ask({ method: "POST", path, from, headers: newKey(), body }));
  }
  return undefined;
}

async function prove(
  { api, random, deeds }: Scene,
  person: Person,
  id: string,
  { code, takenAt }: ReceivedSend,
): Promise<void> {
  const path = `/v1/verifications/${id}/check`;
  const { from, to } = person;
  const typos = random.chance(SHARES.typo) ? 1 + random.integer(2) : 0;
  // Reading and typing.
  await delay(random.between(200, 2_000));
  for (let typo = 1; typo <= typos; typo += 1) {
    const body = { code: wrong(code, typo) };
    await api.ask({ method: "POST", path, from, headers: newKey(), body });
    count(deeds.guesses, id);
  }
  const asking = { method: "POST", path, from, headers: newKey(), body: { code } };
  const answer = await persistently(() => api.ask(asking));
  count(deeds.guesses, id);
  const { result, proof, ticket } = answer.body;
  if (result !== "approved" || typeof proof !== "string") {
    const age = Math.round((answer.askedAt - takenAt) / 1_000);
    deeds.lostApprovals.push(
      `…${to.slice(-2)}, ${age} s old: ${answer.status} ${JSON.stringify(answer.body)}`,
    );
    return;
  }
  deeds.approved += 1;
  if (typeof ticket === "string") person.ticket = ticket;
  if (!random.chance(SHARES.repeatsCheck)) return;
  const again = await persistently(() => api.ask(asking));
  deeds.repeated += 1;
  if (claimsOf(again.body["proof"]) !== claimsOf(proof))
    deeds.unlikeRepeats.push("a check with one key gave two different proofs");
}

/** A fault allows another try. The caller sends the same key with it, so that nothing is done twice. */
async function persistently(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await ask();
    if (answer.status < 500 || tries === TRIES_AFTER_FAULTS) return answer;
    await delay(FAULT_PAUSE_MILLISECONDS);
  }
}

/** Signatures differ each time they are made; the signed content must not. */
function claimsOf(proof: unknown): string {
  return String(proof).split(".").slice(0, 2).join(".");
}

function wrong(code: string, step: number): string {
  return String((Number(code) + step * 7) % 1_000_000).padStart(6, "0");
}

function noteUnsent(deeds: Deeds, to: string, answer: Answer | undefined): void {
  if (answer === undefined || answer.status < 400) return;
  deeds.unsent.push({ to, from: answer.askedAt, until: answer.answeredAt });
}
