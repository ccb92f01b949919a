import * as v from "valibot";
import { CHANNELS, PLATFORMS, PURPOSES } from "../verification/verification.ts";

/**
 * The bodies of the routes. The gateway's models are derived from these schemas, so the gateway refuses nothing that a function accepts. Unknown
 * fields are refused (OWASP ASVS 5.0 §15.3.3). The form of a number or a code is checked later, where the answer can name the mistake.
 */

/** A longer string is no number in any spelling (E.164 has 16 characters); the phone policy refuses shorter ones with a reason. */
const LONGEST_NUMBER_CHARACTERS = 64;
/** 64 characters hold 256 bits in hex: enough for any nonce. */
const LONGEST_NONCE_CHARACTERS = 64;
/** A ticket has 51 characters. */
const LONGEST_TICKET_CHARACTERS = 128;
/** A token of Turnstile or hCaptcha has up to 2,048 characters, one of reCAPTCHA somewhat more; the body has 4,096 bytes in all. */
const LONGEST_CHALLENGE_CHARACTERS = 3_500;
/** RFC 5646 §4.4.1 recommends 35. The tag is not validated: for an unreadable one the default language of the stage is used. */
const LONGEST_LOCALE_CHARACTERS = 35;
/** Codes have at most 8 digits; a slightly longer text gets a specific problem. */
const LONGEST_CODE_CHARACTERS = 32;

const LONGEST_REFERENCE_CHARACTERS = 64;

export const START_REQUEST = v.strictObject({
  to: v.pipe(v.string(), v.maxLength(LONGEST_NUMBER_CHARACTERS)),
  channel: v.optional(v.picklist(CHANNELS)),
  locale: v.optional(v.pipe(v.string(), v.maxLength(LONGEST_LOCALE_CHARACTERS))),
  platform: v.optional(v.picklist(PLATFORMS)),
  purpose: v.optional(v.picklist(PURPOSES)),
  nonce: v.optional(
    v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/), v.maxLength(LONGEST_NONCE_CHARACTERS)),
  ),
  reference: v.optional(
    v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/), v.maxLength(LONGEST_REFERENCE_CHARACTERS)),
  ),
  ticket: v.optional(v.pipe(v.string(), v.maxLength(LONGEST_TICKET_CHARACTERS))),
  challenge: v.optional(v.pipe(v.string(), v.maxLength(LONGEST_CHALLENGE_CHARACTERS))),
});

export const CHECK_REQUEST = v.strictObject({
  code: v.pipe(v.string(), v.maxLength(LONGEST_CODE_CHARACTERS)),
});

/** A check of a back end with an API key: of the newest verification that its app has started for the number. */
export const NUMBER_CHECK_REQUEST = v.strictObject({
  to: START_REQUEST.entries.to,
  ...CHECK_REQUEST.entries,
});

export const RESEND_REQUEST = v.strictObject({ channel: v.optional(v.picklist(CHANNELS)) });

/** No address is longer: eight groups of four, or six of them and an IPv4 address (RFC 4291 §2.2). */
const LONGEST_ADDRESS_CHARACTERS = 45;

/** The same body on a route of back ends, with the address of the back end's client. The address is validated later, since the gateway cannot. */
export function forBackEnd<Entries extends v.ObjectEntries>({
  entries,
}: v.StrictObjectSchema<Entries, undefined>) {
  return v.strictObject({
    ...entries,
    clientAddress: v.optional(v.pipe(v.string(), v.maxLength(LONGEST_ADDRESS_CHARACTERS))),
  });
}

/** A start of a back end, which may declare that it knows the number. */
export const SERVER_START_REQUEST = v.strictObject({
  ...forBackEnd(START_REQUEST).entries,
  knownNumber: v.optional(v.boolean()),
});
