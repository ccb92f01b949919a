import { createProofVerifier } from "@latchkey/server";
import { withProof } from "@latchkey/server/nextjs";
import { sessionOf } from "../sessions.js";

const { LATCHKEY_ISSUER: issuer, LATCHKEY_AUDIENCE: audience } = process.env;
const verify = createProofVerifier({ issuer, audience, purposes: ["login"] });
const nonce = ({ headers }) => sessionOf(headers.get("cookie"))?.nonce;
const phoneNumber = ({ headers }) => sessionOf(headers.get("cookie"))?.phone;
const login = { purpose: "login", nonce, phoneNumber };

export const POST = withProof(verify, login, (_request, claims) =>
  Response.json({ signedInAs: claims.phoneNumber }),
);
