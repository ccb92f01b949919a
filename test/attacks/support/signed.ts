import { SignatureV4 } from "@smithy/signature-v4";
import { SHA_256, SIGNER } from "../../../local/gateway/signatures.ts";
import { PLACE } from "../../../local/template/names.ts";
import type { Attempt } from "./target.ts";

/** The headers by which a request is that of a back end of this stage. */
export async function signed(
  url: string,
  { method = "POST", path, body }: Pick<Attempt, "method" | "body"> & { readonly path: string },
): Promise<Readonly<Record<string, string>>> {
  const { host, hostname } = new URL(url);
  const signer = new SignatureV4({
    credentials: SIGNER,
    region: PLACE.region,
    service: "execute-api",
    sha256: SHA_256,
  });
  const { headers } = await signer.sign({
    method,
    protocol: "http:",
    hostname,
    path,
    query: {},
    headers: { host, "content-type": "application/json" },
    body: body === undefined ? "" : JSON.stringify(body),
  });
  return headers;
}
