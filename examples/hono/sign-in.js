import { createProofVerifier } from "@latchkey/server";
import { requireProof } from "@latchkey/server/hono";
import { Hono } from "hono";
import { sessionOf } from "../sessions.js";

const { LATCHKEY_ISSUER: issuer, LATCHKEY_AUDIENCE: audience } = process.env;
const verify = createProofVerifier({ issuer, audience, purposes: ["login"] });
const nonce = ({ req }) => sessionOf(req.header("cookie"))?.nonce;
const phoneNumber = ({ req }) => sessionOf(req.header("cookie"))?.phone;
const login = requireProof(verify, { purpose: "login", nonce, phoneNumber });

export const app = new Hono();
app.post("/sign-in", login, (context) =>
  context.json({ signedInAs: context.get("proof").phoneNumber }),
);
