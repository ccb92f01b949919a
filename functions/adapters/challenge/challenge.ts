import * as v from "valibot";
import type {
  ChallengeProvider,
  ChallengeResult,
  ChallengeVerifier,
} from "../../verification/challenge.ts";
import type { FaultLog } from "../../verification/ports.ts";

/**
 * The verification endpoint of each provider. Each takes the same form (secret, response, remoteip) and answers `success` with the host of the
 * page; two also return the action. None accepts a token twice. https://developers.cloudflare.com/turnstile/get-started/server-side-validation/
 * https://docs.hcaptcha.com/#verify-the-user-response-server-side https://developers.google.com/recaptcha/docs/verify
 */
export const VERIFY_URLS: Readonly<Record<ChallengeProvider, string>> = {
  turnstile: "https://challenges.cloudflare.com/turnstile/v0/siteverify",
  hcaptcha: "https://api.hcaptcha.com/siteverify",
  recaptcha: "https://www.google.com/recaptcha/api/siteverify",
};

/** reCAPTCHA v3 rates a robot below it; its own advice for a start. hCaptcha Enterprise rates the risk: 1 is a robot. The others return no score. */
const LEAST_SCORE = 0.5;

/** Providers answer in a fifth of a second, and the person has waited for the widget already. */
const TIMEOUT_MILLISECONDS = 2_000;

/**
 * hCaptcha returns it in place of the host under unusually high traffic. Its tokens are bound to the site key, which it has compared.
 * https://docs.hcaptcha.com/#verify-the-user-response-server-side
 */
const HCAPTCHA_WITHOUT_HOST = "not-provided";

const ANSWER = v.object({
  success: v.boolean(),
  hostname: v.nullish(v.string()),
  apk_package_name: v.nullish(v.string()),
  action: v.nullish(v.string()),
  score: v.nullish(v.number()),
  "error-codes": v.nullish(v.array(v.string())),
});
type Answer = Readonly<v.InferOutput<typeof ANSWER>>;

/** The characters of both base64 alphabets, and the separators of parts. A text with any other is no token, and might make a firewall answer. */
const TOKEN = /^[\w.:=+/-]+$/;

/**
 * Faults of Latchkey or of the provider, not of the token. "bad-request" is not among them: all but the token is the same in every request, so
 * only the caller can make a request malformed.
 */
const OURS: ReadonlySet<string> = new Set([
  "missing-input-secret",
  "invalid-input-secret",
  "internal-error",
  "sitekey-secret-mismatch",
]);

type Options = {
  readonly provider: ChallengeProvider;
  readonly action: string;
  readonly siteKey: string;
  readonly hosts: readonly string[];
  readonly androidPackages?: readonly string[];
  readonly verifyUrl: string;
  readonly secret: () => Promise<string>;
  readonly logFault: FaultLog;
};

/**
 * Sends each token to the provider, once. A token of another page or another action fails. `unreachable` is only a result that no token can
 * cause, since a stage may admit those.
 */
export function challengeVerifier(options: Options): ChallengeVerifier {
  return {
    async verify(answer) {
      if (!TOKEN.test(answer.token)) return "failed";
      try {
        return judged(await asked(options, answer), options);
      } catch (fault) {
        options.logFault("challenge-unreachable", fault);
        return "unreachable";
      }
    },
  };
}

async function asked(
  { verifyUrl, secret, siteKey, provider, logFault }: Options,
  { token, clientAddress }: Parameters<ChallengeVerifier["verify"]>[0],
): Promise<Answer> {
  const form = new URLSearchParams({ secret: await secret(), response: token });
  if (clientAddress !== undefined) form.set("remoteip", clientAddress);
  if (provider === "hcaptcha") form.set("sitekey", siteKey);
  const response = await fetch(verifyUrl, {
    method: "POST",
    body: form,
    // A redirect would take the secret elsewhere.
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
  });
  const { status } = response;
  if (status >= 500 || status === TOO_MANY_REQUESTS) throw unhelpful(status);
  if (status < 400) return v.parse(ANSWER, await response.json());
  const refusal = v.safeParse(ANSWER, await response.json().catch(() => undefined));
  // A refused request admits no caller, whatever its body holds.
  if (refusal.success) return { ...refusal.output, success: false };
  // The request was refused, as firewalls do for its content: no answer about a token, and none that admits it.
  logFault("challenge-unreachable", unhelpful(status));
  return REFUSED;
}

const TOO_MANY_REQUESTS = 429;

const REFUSED = { success: false } as const satisfies Answer;

function unhelpful(answer: number | string): Error {
  return new Error(`the verifier answered ${answer}`);
}

function judged(
  { success, hostname, apk_package_name: app, action, score, "error-codes": errors }: Answer,
  { provider, action: ours, hosts, androidPackages = [] }: Options,
): ChallengeResult {
  const fault = errors?.find((code) => OURS.has(code));
  if (fault !== undefined) throw unhelpful(fault);
  const isForUs = knowsNoAction(provider, { action, score }) || action === ours;
  const isFromUs =
    hosts.some((host) => host === hostname) ||
    androidPackages.some((name) => name === app) ||
    (provider === "hcaptcha" && hostname === HCAPTCHA_WITHOUT_HOST);
  const likelihood = provider === "hcaptcha" ? 1 - (score ?? 0) : (score ?? 1);
  const isLikely = likelihood >= LEAST_SCORE;
  return success && isForUs && isFromUs && isLikely ? "passed" : "failed";
}

/** hCaptcha and reCAPTCHA v2 have no actions; v3 has, and always returns a score. https://developers.google.com/recaptcha/docs/v3 */
function knowsNoAction(
  provider: ChallengeProvider,
  { action, score }: Pick<Answer, "action" | "score">,
): boolean {
  const isV2 = provider === "recaptcha" && score == null && action == null;
  return provider === "hcaptcha" || isV2;
}
