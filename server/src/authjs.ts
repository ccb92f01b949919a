import type { ProofClaims, VerifyProof } from "./verifier.ts";

/** The purpose of the proofs, and the user of a number. */
export type AuthJsOptions<User, Purpose extends string> = {
  readonly purpose: Purpose;
  /** The user of a number, or `null` where there is none. */
  readonly userOf: (claims: ProofClaims) => User | null | Promise<User | null>;
  /** Where the configuration names the cookie of the CSRF token differently. */
  readonly csrfCookie?: string;
};

/**
 * The configuration of a Credentials provider of Auth.js: `Credentials(latchkeyCredentials(verify, …))`. The nonce is the CSRF token of the browser,
 * which Auth.js signs into a cookie and has compared before it calls `authorize`: the page reads it by `getCsrfToken()`, starts the verification with
 * it, and calls `signIn("latchkey", { proof })`.
 */
export function latchkeyCredentials<User, Purpose extends string>(
  verify: VerifyProof<Purpose>,
  { purpose, userOf, csrfCookie }: AuthJsOptions<User, Purpose>,
) {
  return {
    id: "latchkey",
    name: "Phone number",
    credentials: { proof: {} },
    async authorize(
      credentials: Partial<Record<"proof", unknown>>,
      request: Request,
    ): Promise<User | null> {
      const nonce = csrfTokenIn(request.headers.get("cookie") ?? "", csrfCookie);
      if (nonce === undefined) return null;
      const verdict = await verify(credentials.proof, { purpose, nonce });
      return verdict.kind === "proven" ? userOf(verdict.claims) : null;
    },
  };
}

const CSRF_COOKIES = ["__Host-authjs.csrf-token", "authjs.csrf-token"];

/** The cookie is `token|hash`, its bar perhaps escaped. */
function csrfTokenIn(cookies: string, csrfCookie: string | undefined): string | undefined {
  const pairs = new Map(
    cookies.split(/;\s*/).map((pair) => {
      const [name = "", value = ""] = pair.split("=", 2);
      return [name, value];
    }),
  );
  const names = csrfCookie === undefined ? CSRF_COOKIES : [csrfCookie];
  const found = names.map((name) => pairs.get(name)).find((value) => value !== undefined);
  return /^[\da-f]{32,}(?=\||%7C|$)/i.exec(found ?? "")?.[0];
}
