import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { readBody } from "../bodies.ts";
import { close, listen, localUrl, serverOf } from "../listening.ts";

/** What the functions of a stage with this challenge would read from their environment. */
export const LOCAL_CHALLENGE = {
  provider: "turnstile",
  siteKey: "local-emulator",
  action: "latchkey_start",
  when: "always",
  whenUnreachable: "refuse",
} as const;

export const CHALLENGE_SECRET = { arn: "local:challenge", secret: "local" } as const;

const MOST_BYTES = 8_192;

export type ChallengeEmulator = {
  /** Where tokens are verified. */
  readonly verifyUrl: string;
  /** A token after a click, as the widget of a page at this host would get it. */
  readonly issue: (hostname: string) => string;
  readonly stop: () => Promise<void>;
};

/** An emulator for a challenge provider: each click passes. A token works once and is bound to its host. */
export async function startChallenge(): Promise<ChallengeEmulator> {
  const tokens = new Map<string, string>();
  const server = serverOf(async (request, response) => {
    const form = new URLSearchParams(String((await readBody(request, MOST_BYTES)) ?? ""));
    answer(response, request, judged(tokens, form));
  });
  const port = await listen(server);
  return {
    verifyUrl: `${localUrl(port)}/siteverify`,
    issue(hostname) {
      const token = randomUUID();
      tokens.set(token, hostname);
      return token;
    },
    stop: () => close(server),
  };
}

function judged(tokens: Map<string, string>, form: URLSearchParams) {
  if (form.get("secret") !== CHALLENGE_SECRET.secret)
    return { success: false, "error-codes": ["invalid-input-secret"] };
  const token = form.get("response") ?? "";
  const hostname = tokens.get(token);
  if (!tokens.delete(token)) return { success: false, "error-codes": ["timeout-or-duplicate"] };
  return { success: true, hostname, action: LOCAL_CHALLENGE.action, "error-codes": [] };
}

function answer(response: ServerResponse, { method }: IncomingMessage, body: unknown): void {
  if (method !== "POST") response.writeHead(405).end();
  else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}
