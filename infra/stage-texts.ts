import type { ChallengeProvider } from "../functions/verification/challenge.ts";

/** The form of text settings. */

/**
 * The origin of an app that is a page in a web view: `capacitor://localhost` on iOS, `ionic://localhost`, `tauri://localhost`. No website has
 * such a scheme.
 */
const APP_ORIGIN =
  /^(?!(?:https?|wss?|ftp|file|data|blob|about|javascript):)[a-z][a-z0-9+.-]*:\/\/[a-z0-9][a-z0-9.-]*$/;

/** An exact origin of a page or of an app: no path, no wildcard. */
export function isWebOrigin(text: string): boolean {
  if (APP_ORIGIN.test(text)) return true;
  const url = URL.parse(text);
  return url !== null && url.origin === text && /^([a-z0-9.-]+|\[[0-9a-f:]+\])$/.test(url.hostname);
}

/** Addresses, and names that are not on the internet. RFC 6761, RFC 6762, RFC 7686, RFC 8375. */
const PRIVATE_HOST = /^(.*\.(localhost|local|internal|lan|test|invalid|onion|arpa)|[\d.]+)$/;

export function isPublicOrigin(origin: string): boolean {
  // The origin of Capacitor apps on Android, which load their own files; with a port it is a developer's server.
  if (origin === "https://localhost" || APP_ORIGIN.test(origin)) return true;
  const url = URL.parse(origin);
  // A name with one label, as an IPv6 address is to this, is of a private network, and a dot at the end changes no name.
  return (
    url?.protocol === "https:" && /\.[^.]+$/.test(url.hostname) && !PRIVATE_HOST.test(url.hostname)
  );
}

/**
 * The form of each provider's keys. Its test keys, whose tokens name no page of ours, do not match.
 * https://developers.cloudflare.com/turnstile/troubleshooting/testing/ https://docs.hcaptcha.com/#integration-testing-test-keys
 * https://developers.google.com/recaptcha/docs/faq
 */
export const SITE_KEYS = {
  turnstile: /^0x[\w-]{10,98}$/,
  hcaptcha: /^(?![123]0000000-ffff-ffff-ffff-0)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  recaptcha: /^(?!6LeIxAcT)6[\w-]{39}$/,
} as const satisfies Readonly<Record<ChallengeProvider, RegExp>>;
