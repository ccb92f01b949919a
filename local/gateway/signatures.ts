import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { PLACE } from "../template/names.ts";
import type { Exchange } from "./events.ts";

/** The only local principal. No policy is evaluated: it may call every route. */
export const SIGNER = {
  accessKeyId: "local",
  secretAccessKey: "local",
  userArn: `arn:aws:iam::${PLACE.account}:user/local`,
} as const;

const SERVICE = "execute-api";
/** AWS takes a signature for five minutes, and clocks that are as far apart. */
const LONGEST_AGE_MILLISECONDS = 300_000;

type Signed = Pick<Exchange, "request" | "path" | "query" | "body" | "receivedAt">;

/** The signer of a request: a caller, none, or a caller whose signature is wrong. */
export type Verdict = "signed" | "unsigned" | "wrong";

/** Checks Signature Version 4 in the Authorization header. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
export function signatureOf(exchange: Signed): Verdict {
  const { headers } = exchange.request;
  if (headers.authorization === undefined) return "unsigned";
  const parts = partsOf(headers.authorization);
  if (parts === undefined) return "wrong";
  const { scope, signedHeaders, signature } = parts;
  const sentAt = String(headers["x-amz-date"] ?? "");
  const isOurs =
    parts.accessKeyId === SIGNER.accessKeyId &&
    scope === `${sentAt.slice(0, 8)}/${PLACE.region}/${SERVICE}/aws4_request` &&
    ["host", "x-amz-date"].every((name) => signedHeaders.includes(name)) &&
    isRecent(sentAt, exchange.receivedAt);
  if (!isOurs) return "wrong";
  const text = ["AWS4-HMAC-SHA256", sentAt, scope, sha256(canonical(exchange, signedHeaders))];
  const expected = hmac(signingKey(scope), text.join("\n"));
  return timingSafeEqual(expected, Buffer.from(signature, "hex")) ? "signed" : "wrong";
}

type Parts = {
  readonly accessKeyId: string;
  readonly scope: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
};

function partsOf(authorization: string): Parts | undefined {
  const [algorithm, ...rest] = authorization.split(" ");
  if (algorithm !== "AWS4-HMAC-SHA256") return undefined;
  const fields = new Map(
    rest
      .join("")
      .split(",")
      .map((field) => [field.slice(0, field.indexOf("=")), field.slice(field.indexOf("=") + 1)]),
  );
  const [accessKeyId = "", ...scope] = (fields.get("Credential") ?? "").split("/");
  const signature = fields.get("Signature") ?? "";
  if (!/^[0-9a-f]{64}$/.test(signature)) return undefined;
  const signedHeaders = (fields.get("SignedHeaders") ?? "").split(";");
  return { accessKeyId, scope: scope.join("/"), signedHeaders, signature };
}

/** `20261125T223000Z` */
function isRecent(sentAt: string, now: Date): boolean {
  const iso = sentAt.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
  return Math.abs(now.getTime() - Date.parse(iso)) <= LONGEST_AGE_MILLISECONDS;
}

function canonical(
  { request, path, query, body }: Signed,
  signedHeaders: readonly string[],
): string {
  const pairs = [...query].map(([name, value]) => `${encoded(name)}=${encoded(value)}`);
  return [
    request.method ?? "",
    path.split("/").map(encoded).join("/"),
    pairs.toSorted().join("&"),
    ...signedHeaders.map((name) => `${name}:${headerText(request, name)}`),
    "",
    signedHeaders.join(";"),
    // Of the received body, whatever x-amz-content-sha256 states.
    sha256(body),
  ].join("\n");
}

function headerText({ headersDistinct }: IncomingMessage, name: string): string {
  return (headersDistinct[name] ?? []).map((text) => text.trim().replace(/ +/g, " ")).join(",");
}

/** RFC 3986 §2.3, of which encodeURIComponent leaves four marks out. */
function encoded(text: string): string {
  const hex = (mark: string) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, hex);
}

function signingKey(scope: string): Buffer {
  const start = Buffer.from(`AWS4${SIGNER.secretAccessKey}`);
  return scope.split("/").reduce<Buffer>((key, part) => hmac(key, part), start);
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}
