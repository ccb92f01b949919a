import { createHash } from "node:crypto";

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** A number in E.164 that the phone policy has accepted. Every key, message and proof is computed from it and from nothing else. */
export type Phone = Branded<"Phone">;
/** 32 bytes of HMAC-SHA-256 in base64url: a guess, a pseudonym, a fingerprint. */
export type Mac = Branded<"Mac">;
/** AES-256-GCM: 12 bytes of nonce, 16 of tag, the rest ciphertext, in base64url. */
export type Sealed = Branded<"Sealed">;
/** `v<epoch>-<144 bits in base64url>`, of which 128 or all are random, and `.<app>` for another app than the stage's own: a bearer secret that only its starter receives. */
export type VerificationId = Branded<"VerificationId">;
/** SHA-256 of an id in base64url: the table and `jti` hold it instead of the id. */
export type VerificationKey = Branded<"VerificationKey">;
/** `<kind>#<pseudonym>#<window>`, or `<kind>#<pseudonym>#<day>#<window of the day>` where the windows of a day share one item. */
export type ScopeKey = Branded<"ScopeKey">;
/** `<issued at, in seconds, base 36>.<MAC>`: when a number was verified; only we can read it. */
export type Ticket = Branded<"Ticket">;

const E164 = /^\+[1-9]\d{6,14}$/;
const BASE64URL_32_BYTES = /^[A-Za-z0-9_-]{43}$/;
const BASE64URL = /^[A-Za-z0-9_-]+$/;
/** The name of the stage's own app, beside those under `apps` in its settings. */
export const OWN_APP = "main";
/** The name of another app, which is part of its ids. */
export const APP_NAME = /^[a-z][a-z0-9-]{0,19}$/;
const ID = new RegExp(`^v(\\d{1,4})-([A-Za-z0-9_-]{24})(?:\\.(${APP_NAME.source.slice(1, -1)}))?$`);

const TICKET = /^[0-9a-z]{6,8}\.[A-Za-z0-9_-]{43}$/;

export function isTicket(text: string): text is Ticket {
  return TICKET.test(text);
}

export function isE164(text: string): text is Phone {
  return E164.test(text);
}

export function isMac(text: string): text is Mac {
  return BASE64URL_32_BYTES.test(text);
}

export function isSealed(text: string): text is Sealed {
  return BASE64URL.test(text);
}

export function isVerificationId(text: string): text is VerificationId {
  return ID.test(text);
}

export function isVerificationKey(text: string): text is VerificationKey {
  return BASE64URL_32_BYTES.test(text);
}

export function isScopeKey(text: string): text is ScopeKey {
  return /^[a-z0-9-]+#[A-Za-z0-9_-]+#\d+(#\d+)?$/.test(text);
}

/** The text as its form, for texts that Latchkey made itself. Throws for any other form. */
export function wellFormed<Form extends string>(
  text: string,
  isOfForm: (text: string) => text is Form,
  form: string,
): Form {
  if (!isOfForm(text)) throw new Error(`what was made is not ${form}`);
  return text;
}

/** 144 random bits: more than NIST SP 800-63B-4 asks of a secret that is not rate-limited (64), and a whole number of base64url letters. */
const ID_RANDOM_BYTES = 18;

/** An id of an app, or of the stage's own where none is named. */
export function newVerificationId(
  epoch: number,
  random: { readonly bytes: (count: number) => Uint8Array },
  app?: string,
): VerificationId {
  const letters = Buffer.from(random.bytes(ID_RANDOM_BYTES)).toString("base64url");
  const id = `v${epoch}-${letters}${app === undefined ? "" : `.${app}`}`;
  return wellFormed(id, isVerificationId, "an id of the key epochs 0 to 9999");
}

/** The random bytes of an id for Twilio Verify's API: 128 bits, as 32 hexadecimal digits. The remaining bytes are zero. */
const CARRIED_BYTES = 16;

/** An id that Twilio Verify's API can show as 32 hexadecimal digits. */
export function newCarriedId(
  epoch: number,
  random: { readonly bytes: (count: number) => Uint8Array },
  app?: string,
): VerificationId {
  return carriedId(epoch, Buffer.from(random.bytes(CARRIED_BYTES)).toString("hex"), app);
}

/** The id of these digits. */
export function carriedId(epoch: number, digits: string, app?: string): VerificationId {
  const padded = Buffer.alloc(ID_RANDOM_BYTES);
  padded.write(digits, "hex");
  return newVerificationId(epoch, { bytes: () => padded }, app);
}

/** The digits of an id that was made of such. */
export function digitsOf(id: string): string {
  const bytes = Buffer.from(ID.exec(id)?.[2] ?? "", "base64url");
  return bytes.subarray(0, CARRIED_BYTES).toString("hex");
}

/** The epoch of the keys that an id was made under. */
export function epochOf(id: VerificationId): number {
  return Number(id.slice(1, id.indexOf("-")));
}

/** The app that started the verification; nothing for the stage's own. A changed name names no verification: the table's key is a hash of the whole id. */
export function appOf(id: VerificationId): string | undefined {
  return ID.exec(id)?.[3];
}

/**
 * Whether an id is of this app, and of the current epoch, of the previous one, or of the next, which functions that are deployed a moment earlier
 * use already. Any other id is unknown, without a call.
 */
export function isWithinReach(
  id: VerificationId,
  { keyEpoch, app }: { readonly keyEpoch: number; readonly app?: string | undefined },
): boolean {
  return appOf(id) === app && Math.abs(keyEpoch - epochOf(id)) <= 1;
}

export function keyOf(id: VerificationId): VerificationKey {
  const key = createHash("sha256").update(id).digest("base64url");
  return wellFormed(key, isVerificationKey, "a SHA-256 of 43 letters");
}
