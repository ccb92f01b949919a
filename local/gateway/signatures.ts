import { createHash, timingSafeEqual } from "node:crypto";
import { Hash } from "@smithy/core/serde";
import { SignatureV4 } from "@smithy/signature-v4";
import { PLACE } from "../template/names.ts";
import type { Exchange } from "./events.ts";

/** The only local principal. No policy is evaluated: it may call every route. */
export const SIGNER = {
  accessKeyId: "local",
  secretAccessKey: "local",
  userArn: `arn:aws:iam::${PLACE.account}:user/local`,
} as const;

export const SHA_256 = Hash.bind(null, "sha256");
const SIGNATURE = new SignatureV4({
  credentials: SIGNER,
  region: PLACE.region,
  service: "execute-api",
  sha256: SHA_256,
  applyChecksum: false,
});
/** AWS takes a signature for five minutes, and clocks that are as far apart. */
const LONGEST_AGE_MILLISECONDS = 300_000;

type Signed = Pick<Exchange, "request" | "path" | "query" | "body" | "receivedAt">;

/** The signer of a request: a caller, none, or a caller whose signature is wrong. */
export type Verdict = "signed" | "unsigned" | "wrong";

/** Checks Signature Version 4 in the Authorization header: signs the same request anew. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
export async function signatureOf(exchange: Signed): Promise<Verdict> {
  const { request, path, query, body, receivedAt } = exchange;
  const { authorization } = request.headers;
  if (authorization === undefined) return "unsigned";
  const [, names = ""] = /SignedHeaders=([^,\s]+)/.exec(authorization) ?? [];
  const signable = new Map(
    names.split(";").map((name) => [name, (request.headersDistinct[name] ?? []).join(",")]),
  );
  // `20261125T223000Z`
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
  const signingDate = new Date(
    `${signable.get("x-amz-date")}`.replace(parts, "$1-$2-$3T$4:$5:$6Z"),
  );
  const isRecent = Math.abs(Number(receivedAt) - Number(signingDate)) <= LONGEST_AGE_MILLISECONDS;
  // The library takes the stated hash for that of the body.
  const sha256 = createHash("sha256").update(body).digest("hex");
  const isOfBody = (signable.get("x-amz-content-sha256") ?? sha256) === sha256;
  if (!isRecent || !isOfBody || !signable.has("host")) return "wrong";
  const { headers } = await SIGNATURE.sign(
    {
      method: request.method ?? "",
      protocol: "http:",
      hostname: "",
      path,
      query: Object.fromEntries([...query.keys()].map((name) => [name, query.getAll(name)])),
      headers: Object.fromEntries(signable),
      body,
    },
    { signingDate, signableHeaders: new Set(signable.keys()) },
  );
  const expected = Buffer.from(headers["authorization"] ?? "");
  const given = Buffer.from(authorization.replace(/, */g, ", "), "latin1");
  const isSame = expected.length === given.length && timingSafeEqual(expected, given);
  return isSame ? "signed" : "wrong";
}
