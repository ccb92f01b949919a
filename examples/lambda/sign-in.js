import { createProofVerifier } from "@latchkey/server";
import { withProof } from "@latchkey/server/lambda";
import { sessionOf } from "../sessions.js";

const { LATCHKEY_ISSUER: issuer, LATCHKEY_AUDIENCE: audience } = process.env;
const verify = createProofVerifier({ issuer, audience, purposes: ["login"] });
const nonce = ({ cookies }) => sessionOf(cookies?.join(";"))?.nonce;
const phoneNumber = ({ cookies }) => sessionOf(cookies?.join(";"))?.phone;
const login = { purpose: "login", nonce, phoneNumber };

export const handler = withProof(verify, login, async (_event, claims) => ({
  statusCode: 200,
  body: JSON.stringify({ signedInAs: claims.phoneNumber }),
}));
