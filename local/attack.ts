import { setTimeout as delay } from "node:timers/promises";
import { KMSClient } from "@aws-sdk/client-kms";
import * as v from "valibot";
import { mount } from "../evidence/simulation/attack.ts";
import { invite } from "../evidence/simulation/people.ts";
import { SCENARIOS, type Scenario } from "../evidence/simulation/scenarios.ts";
import { seeded } from "../evidence/simulation/seeded.ts";
import type { Asking, Attacked, CheckEnd, SendEnd } from "../evidence/simulation/system.ts";
import { kmsKeys } from "../functions/adapters/kms/keys.ts";
import { mac } from "../functions/verification/code.ts";
import {
  isTicket,
  isVerificationId,
  type Phone,
  type Ticket,
} from "../functions/verification/identifiers.ts";
import { issueTicket } from "../functions/verification/ticket.ts";
import { spendTermsOf } from "../infra/sending-terms.ts";
import type { AttackProgress } from "./activity/activity.ts";
import { SIMULATED_SOURCE } from "./gateway/events.ts";
import type { Stop } from "./stops.ts";
import type { System } from "./system.ts";
import { PLACE } from "./template/names.ts";

/** The attacks of the simulator that need nothing but the public API: no credential of a back end, no ticket from last month, no second day, no siege that begins at eight. */
export const PLAYED: readonly Scenario[] = SCENARIOS.filter(
  ({ attack, siege }) => attack && !siege && !attack.owned && attack.knownNumber !== true,
);

/** The minutes without the attack. */
const QUIET_MINUTES = 1;
/** Ten in the morning, with the traffic of that hour. */
const MINUTE_OF_DAY = 600;
const SEED = 1;
const MICROS = 1_000_000;

const ANSWER = v.object({
  id: v.optional(v.pipe(v.string(), v.guard(isVerificationId))),
  code: v.optional(v.string()),
  resendAt: v.optional(v.pipe(v.string(), v.transform(Date.parse))),
  result: v.optional(v.string()),
  ticket: v.optional(v.pipe(v.string(), v.guard(isTicket))),
});

type Target = Pick<System, "url" | "handset" | "issueChallenge" | "numbersKey">;

/**
 * Plays an attack of the simulator, and its honest people, against a system by HTTP and in real time. Only the clients' addresses are simulated. Ends when `stop` is called; requests in flight are abandoned.
 */
export function playAttack(
  { attack, crowd, stage, minutes, title }: Scenario,
  target: Target,
  quietMinutes = QUIET_MINUTES,
): { readonly progress: () => AttackProgress; readonly stop: Stop } {
  if (attack === undefined) throw new Error("a scenario without an attack");
  const stopping = new AbortController();
  const system = liveSystem(target, pricesOf(stage, attack.country), stopping.signal);
  const people = { ...crowd, perMinute: () => crowd.perMinute(MINUTE_OF_DAY) };
  invite(system, people, minutes);
  const { pace } = attack;
  const sinceEdge = (window: number) => (Date.now() / 60_000 + quietMinutes) % window;
  // Bursts begin a second before an edge, from which their first refusal counts.
  const wait = "perEdge" in pace ? pace.windowMinutes - sinceEdge(pace.windowMinutes) - 1 / 60 : 0;
  const loot = mount(system, { ...attack, from: quietMinutes + wait });
  return {
    progress: () => ({
      title,
      tries: loot.tries,
      messages: loot.messages,
      dollars: loot.micros / MICROS,
      firstRefusalSeconds:
        loot.firstRefusal === undefined ? undefined : Math.round(loot.firstRefusal * 60),
      isOver: loot.tries >= attack.tries,
    }),
    stop: async () => stopping.abort(),
  };
}

type Prices = { readonly sms: number; readonly voice?: number | undefined };

function pricesOf(stage: Scenario["stage"], country = stage.countries[0] ?? "GB"): Prices {
  return spendTermsOf(stage).prices[country] ?? { sms: 0 };
}

function liveSystem(target: Target, prices: Prices, signal: AbortSignal): Attacked {
  const random = seeded(SEED);
  const index = indexKeyOf(target);
  const post = posterTo(target, signal);
  const numbers = new Map<string, string>();

  async function endOf(
    { to, channel }: Pick<Asking, "to" | "channel">,
    answer: Answer,
  ): Promise<SendEnd> {
    const { id, resendAt = 0, code: why = "unknown" } = answer;
    if (id === undefined) return { kind: "refused", refusal: { why } };
    numbers.set(id, to);
    const isCall = channel === "voice";
    const code = isCall ? "" : await codeFor(target, to);
    const priceMicros = (isCall ? prices.voice : prices.sms) ?? 0;
    return { kind: "sent", message: { id, code, resendAt, priceMicros } };
  }

  function challengeFor(share: number | undefined) {
    if (share === undefined) return {};
    return { challenge: random.chance(share) ? target.issueChallenge("localhost") : "unsolved" };
  }

  return {
    random,
    agenda: liveAgenda(signal),
    async start(asking) {
      const { to, address, channel, ticket, solvingShare } = asking;
      const body = { to, channel, ticket, ...challengeFor(solvingShare) };
      return endOf(asking, await post("", address, body));
    },
    async resend(id, address) {
      return endOf({ to: numbers.get(id) ?? "" }, await post(`/${id}/resend`, address, {}));
    },
    async check(id, code, address): Promise<CheckEnd> {
      const { result, ticket } = await post(`/${id}/check`, address, { code });
      return { isApproved: result === "approved", ticket };
    },
    async ticketFor(to: Phone, ageMs: number): Promise<Ticket> {
      return issueTicket(await index(), mac(await index(), ["number", to]), Date.now() - ageMs);
    },
  };
}

/** Real time. Events after the stop of the attack are dropped. */
function liveAgenda(signal: AbortSignal): Attacked["agenda"] {
  return {
    now: Date.now,
    at(moment, act) {
      const waited = delay(Math.max(0, moment - Date.now()), undefined, { signal, ref: false });
      waited.then(act).catch((fault: unknown) => {
        if (!signal.aborted) throw fault;
      });
    },
  };
}

type Answer = v.InferOutput<typeof ANSWER>;

function posterTo({ url }: Target, signal: AbortSignal) {
  return async (path: string, address: string, body: unknown): Promise<Answer> => {
    const sent = fetch(`${url}/v1/verifications${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", [SIMULATED_SOURCE]: address },
      body: JSON.stringify(body),
      signal,
    });
    // A connection that breaks is one request less, and no end of the attack.
    const answer = await sent.then((response) => response.json()).catch(() => ({}));
    signal.throwIfAborted();
    return v.parse(ANSWER, answer);
  };
}

/** The code that the phone shows; none for a lost message. */
async function codeFor({ handset }: Target, to: string): Promise<string> {
  const arrival = await handset.waitFor(to).catch(() => undefined);
  return /\d{6,}/.exec(arrival?.text ?? "")?.[0] ?? "000000";
}

/** The key of tickets: some simulated people were verified before. */
function indexKeyOf({ numbersKey }: Target) {
  return () => {
    const { arn, endpoint } = numbersKey();
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    const kms = new KMSClient({ endpoint, credentials, region: PLACE.region });
    return kmsKeys(kms, { numbersKeyArn: arn }).index();
  };
}
