import { count, newKey } from "./api.ts";
import type { Scene } from "./people.ts";

/** An attacker: one attempt, and how often it is made. */
export type Attacker = {
  readonly name: string;
  /** From one attempt to the next, on the average. */
  readonly everySeconds: number;
  readonly once: (scene: Scene) => Promise<void>;
};

const START = { method: "POST", path: "/v1/verifications" } as const;

/** Numbers of fiction that no honest person of this run has. */
const MINE = { first: 900, count: 80 } as const;
const FLOODED = "+447700900900";

function mine(index: number): string {
  return `+447700900${MINE.first + (index % MINE.count)}`;
}

/** Of 127.0.0.0/8, so that nothing leaves this machine. */
function address(network: number, index: number): string {
  return `127.${network}.${(index >> 8) % 256}.${1 + (index % 254)}`;
}

/** One of each kind; `npm run fuzz` sends thousands of each. */
const BAD_REQUESTS = [
  { ...START, body: "{" },
  { ...START, body: { to: 447_700_900_123 } },
  { ...START, body: { to: "+442079460018" } },
  { ...START, body: { to: "+33612345678" } },
  { ...START, body: { to: "+449098790000" } },
  { ...START, body: { to: "+447700900901", channel: "pigeon" } },
  { ...START, body: { to: "+447700900901" }, headers: { "content-type": "text/plain" } },
  { ...START, body: { to: "+447700900901" }, headers: { "idempotency-key": "short" } },
  { method: "GET", path: "/v1/verifications" },
  { method: "POST", path: "/v1/verifications/v1-nothing/check", body: { code: "123456" } },
  { method: "DELETE", path: "/v1/verifications/v9999-AAAAAAAAAAAAAAAAAAAAAA" },
  { method: "POST", path: "/v1/server/verifications", body: { to: "+447700900901" } },
] as const;

let turn = 0;
const next = (): number => {
  turn += 1;
  return turn;
};

async function badInput({ api, deeds, random }: Scene): Promise<void> {
  const bad = BAD_REQUESTS[random.integer(BAD_REQUESTS.length)];
  if (bad === undefined) return;
  const { status } = await api.ask({ ...bad, from: address(71, next()) });
  if (status < 400) deeds.surrenders.push(`${bad.method} ${bad.path} was answered ${status}`);
}

const GUESSES_AT_ONE = 8;

/** Guesses at an own verification more often than it allows, some of them in parallel. */
async function guess({ api, deeds, random }: Scene): Promise<void> {
  const index = next();
  const from = address(75, index);
  const started = await api.ask({ ...START, from, body: { to: mine(index) } });
  const { id } = started.body;
  const path = `/v1/verifications/${typeof id === "string" ? id : `v1-${"A".repeat(22)}`}/check`;
  const codes = Array.from({ length: GUESSES_AT_ONE }, () =>
    String(random.integer(1_000_000)).padStart(6, "0"),
  );
  const answers = await Promise.all(
    codes.map((code) => api.ask({ method: "POST", path, from, headers: newKey(), body: { code } })),
  );
  if (typeof id !== "string") return;
  for (const { body } of answers) {
    if (body["result"] === "incorrect" || body["result"] === "approved") count(deeds.guesses, id);
    if (body["result"] === "approved")
      deeds.surrenders.push("a guess was right (five in a million are)");
  }
}

const FORGED = [
  [
    "/v1/deliveries/twilio",
    "MessageSid=SM00000000000000000000000000000000&MessageStatus=delivered",
  ],
  ["/v1/deliveries/twilio?v=abc&c=def", "MessageStatus=failed&ErrorCode=30003"],
  ["/v1/calls/twilio/abcdef", "CallSid=CA00000000000000000000000000000000&Digits=1"],
] as const;

/** Callbacks as if from Twilio, with a signature that is none. */
async function forge({ api, deeds, random }: Scene): Promise<void> {
  const [path, body] = FORGED[random.integer(FORGED.length)] ?? FORGED[0];
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    "x-twilio-signature": Buffer.from(random.bytes(20)).toString("base64"),
  };
  const { status } = await api.ask({
    method: "POST",
    path,
    from: address(76, next()),
    headers,
    body,
  });
  if (status < 400) deeds.surrenders.push(`a forged callback was answered ${status}`);
}

/** A start of one of the attacker's numbers, or of the one that is flooded. */
const startFrom =
  (addressOf: (index: number) => string, numberOf: (index: number) => string) =>
  async ({ api }: Scene): Promise<void> => {
    const index = next();
    const body = { to: numberOf(index) };
    await api.ask({ ...START, from: addressOf(index), headers: newKey(), body });
  };

export const ATTACKERS: readonly Attacker[] = [
  { name: "bad input", everySeconds: 0.5, once: badInput },
  { name: "one address hammers", everySeconds: 0.6, once: startFrom(() => "127.72.0.1", mine) },
  {
    name: "one number is flooded",
    everySeconds: 1,
    once: startFrom(
      (index) => address(73, index),
      () => FLOODED,
    ),
  },
  { name: "guesses", everySeconds: 5, once: guess },
  // A block of numbers, asked for from all addresses and never proven.
  {
    name: "a range is pumped",
    everySeconds: 5,
    once: startFrom((index) => address(74, index), mine),
  },
  { name: "forged callbacks", everySeconds: 0.6, once: forge },
];
