import { randomBytes } from "node:crypto";
import type { VerifyProof } from "./verifier.ts";

/** The part of Better Auth's endpoint context that `verifyOTP` needs. */
type EndpointContext = {
  readonly path?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Headers | undefined;
};

const NONCE_PATH = "/latchkey/nonce";
/** Endpoints in which Better Auth draws a code of its own and stores it readable. */
const OWN_CODES = ["/phone-number/send-otp", "/phone-number/request-password-reset"];
/** Longer than a verification, its resends and its proof live. */
const NONCE_LIFETIME_SECONDS = 1_800;
const NONCE_BYTES = 32;

/**
 * Options for Better Auth's `phoneNumber` plugin, to be spread into them: a proof takes the place of the code in `phoneNumber.verify` and
 * `phoneNumber.resetPassword`. The proof must be for the nonce that `latchkeyNonce(verify)` gave this browser, for the number of the request, and for
 * `login`, `change-number` (with `updatePhoneNumber`) or `password-reset`, whichever the endpoint does.
 */
export function latchkeyPhoneNumber<Purpose extends string>(verify: VerifyProof<Purpose>) {
  return {
    sendOTP: async (): Promise<void> => {
      throw new Error("Latchkey sends the codes: start a verification in the page");
    },
    verifyOTP: async (
      { phoneNumber, code }: { readonly phoneNumber: string; readonly code: string },
      context?: EndpointContext,
    ): Promise<boolean> => {
      const wanted = purposeOf(context);
      const purpose = verify.purposes.find((one) => one === wanted);
      const nonce = nonceIn(context?.headers, cookieName(verify));
      if (purpose === undefined || nonce === undefined) return false;
      const verdict = await verify(code, { purpose, nonce, phoneNumber });
      return verdict.kind === "proven";
    },
  };
}

function purposeOf({ path, body }: EndpointContext = {}): string | undefined {
  if (path === "/phone-number/reset-password") return "password-reset";
  if (path !== "/phone-number/verify") return undefined;
  return Object(body).updatePhoneNumber === true ? "change-number" : "login";
}

/**
 * A plugin for Better Auth that gives each browser a nonce: `GET …/latchkey/nonce` answers `{ "nonce": … }` and sets it as a cookie that scripts
 * cannot read. It also refuses the endpoints in which Better Auth would draw and store codes of its own.
 */
export function latchkeyNonce<Purpose extends string>(verify: VerifyProof<Purpose>) {
  return {
    id: "latchkey",
    onRequest: async (request: Request): Promise<{ readonly response: Response } | undefined> => {
      const { pathname } = new URL(request.url);
      if (OWN_CODES.some((path) => pathname.endsWith(path)))
        return { response: Response.json({ code: "LATCHKEY_SENDS_THE_CODES" }, { status: 404 }) };
      if (request.method !== "GET" || !pathname.endsWith(NONCE_PATH)) return undefined;
      const nonce = randomBytes(NONCE_BYTES).toString("base64url");
      const headers = {
        "cache-control": "no-store",
        "set-cookie": `${cookieName(verify)}=${nonce}; ${attributesOf(verify)}`,
      };
      return { response: Response.json({ nonce }, { headers }) };
    },
  } as const;
}

type Verifier = { readonly issuer: string };

/** A Latchkey on this machine is for development, where pages may come by plain HTTP. */
const isLocal = ({ issuer }: Verifier): boolean => issuer.startsWith("http:");

/** With the prefix no other host of the same domain can set it (RFC 6265bis §4.1.3.2). */
function cookieName(verify: Verifier): string {
  return isLocal(verify) ? "latchkey-nonce" : "__Host-latchkey-nonce";
}

function attributesOf(verify: Verifier): string {
  const all = `HttpOnly; SameSite=Lax; Path=/; Max-Age=${NONCE_LIFETIME_SECONDS}`;
  return isLocal(verify) ? all : `${all}; Secure`;
}

function nonceIn(headers: Headers | undefined, name: string): string | undefined {
  const cookies = (headers?.get("cookie") ?? "").split(/;\s*/);
  return cookies.find((cookie) => cookie.startsWith(`${name}=`))?.slice(name.length + 1);
}
