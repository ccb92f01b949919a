import type {
  APIGatewayRequestAuthorizerEventV2,
  APIGatewaySimpleAuthorizerWithContextResult,
} from "aws-lambda";
import { createRemoteJWKSet, jwtVerify } from "jose";

/** What the functions behind the authorizer are told. */
type Proven = { readonly phoneNumber: string; readonly purpose: string; readonly jti: string };
type Answer = APIGatewaySimpleAuthorizerWithContextResult<Partial<Proven>>;

/**
 * A Lambda authorizer of an HTTP API (payload 2.0, simple responses): lets a request through that carries a proof as its bearer token. Turn the
 * authorizer's cache off. It sees no session and keeps nothing: the function behind it takes each `jti` once, and compares the nonce.
 */
export function createAuthorizer(issuer: string, audience: string, purpose: string) {
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));
  return async ({ headers }: APIGatewayRequestAuthorizerEventV2): Promise<Answer> => {
    const proof = /^Bearer (\S+)$/i.exec(headers?.["authorization"] ?? "")?.[1] ?? "";
    try {
      const { payload } = await jwtVerify(proof, keys, {
        issuer,
        audience,
        algorithms: ["ES256"],
        // Clocks of two machines differ by some seconds.
        clockTolerance: 10,
        requiredClaims: ["exp", "jti", "phone_number"],
      });
      if (payload["purpose"] !== purpose) return REFUSED;
      const { phone_number: phoneNumber, jti = "" } = payload;
      return { isAuthorized: true, context: { phoneNumber: String(phoneNumber), purpose, jti } };
    } catch {
      return REFUSED;
    }
  };
}

const REFUSED: Answer = { isAuthorized: false, context: {} };

/** The function itself: set these three in its environment. */
export const handler = (event: APIGatewayRequestAuthorizerEventV2): Promise<Answer> => {
  const { LATCHKEY_ISSUER = "", LATCHKEY_AUDIENCE = "", LATCHKEY_PURPOSE = "" } = process.env;
  authorize ??= createAuthorizer(LATCHKEY_ISSUER, LATCHKEY_AUDIENCE, LATCHKEY_PURPOSE);
  return authorize(event);
};

/** Kept from one event to the next, and with it the keys. */
let authorize: ReturnType<typeof createAuthorizer> | undefined;
