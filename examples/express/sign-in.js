import { createProofVerifier } from "@latchkey/server";
import { proofOf, requireProof } from "@latchkey/server/express";
import express from "express";
import { sessionOf } from "../sessions.js";

const { LATCHKEY_ISSUER: issuer, LATCHKEY_AUDIENCE: audience } = process.env;
const verify = createProofVerifier({ issuer, audience, purposes: ["login"] });
const nonce = ({ headers }) => sessionOf(headers.cookie)?.nonce;
const phoneNumber = ({ headers }) => sessionOf(headers.cookie)?.phone;
const login = requireProof(verify, { purpose: "login", nonce, phoneNumber });

export const app = express().use(express.json());
app.post("/sign-in", login, (request, response) => {
  response.json({ signedInAs: proofOf(request).phoneNumber });
});
