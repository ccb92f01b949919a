import { createHash, createHmac } from "node:crypto";
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import { SIGNER } from "../../../local/gateway/signatures.ts";
import { PLACE } from "../../../local/template/names.ts";

type Signed = {
  readonly method: string;
  readonly target: string;
  readonly host: string;
  readonly body: Buffer;
};

/** What Twilio signs: the address, and every parameter. */
export function twilioSignatureOf(
  { target, body }: Pick<Signed, "target" | "body">,
  { url, authToken }: { readonly url: string; readonly authToken: string },
): string {
  const groups = Map.groupBy(new URLSearchParams(body.toString("utf8")), ([name]) => name);
  const parameters = Object.fromEntries(
    [...groups].map(([name, pairs]) => [name, pairs.map(([, value]) => value)]),
  );
  return getExpectedTwilioSignature(authToken, url + target, parameters);
}

/** AWS Signature Version 4 over the host, the date and the body. */
export function signedV4({ method, target, host, body }: Signed, now: Date) {
  const date = now.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const [path = "", query = ""] = target.split("?");
  const pairs = [...new URLSearchParams(query)].map((pair) => pair.map(encoded).join("="));
  const canonical = [
    method,
    path.split("/").map(encoded).join("/"),
    pairs.toSorted().join("&"),
    `host:${host}`,
    `x-amz-date:${date}`,
    "",
    "host;x-amz-date",
    sha256(body),
  ].join("\n");
  const parts = [date.slice(0, 8), PLACE.region, "execute-api", "aws4_request"];
  const scope = parts.join("/");
  const key = parts.reduce<Buffer>(hmac, Buffer.from(`AWS4${SIGNER.secretAccessKey}`));
  const text = ["AWS4-HMAC-SHA256", date, scope, sha256(Buffer.from(canonical))].join("\n");
  const signature = hmac(key, text).toString("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${SIGNER.accessKeyId}/${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}`;
  return { authorization, date };
}

function encoded(text: string): string {
  const hex = (mark: string) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, hex);
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
