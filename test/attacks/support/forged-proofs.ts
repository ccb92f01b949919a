import {
  createHmac,
  createPublicKey,
  createSign,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign,
} from "node:crypto";

type Part = Readonly<Record<string, unknown>>;

const encoded = (part: Part): string => Buffer.from(JSON.stringify(part)).toString("base64url");
const decoded = (part = ""): Part => JSON.parse(Buffer.from(part, "base64url").toString());

/** The order of P-256 (SEC 2 §2.4.2). A signature (r, s) is as good as (r, n - s). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** What a forger can write who has a proof of his own and the published key, by what he tries. None of them is signed by us. */
export function forgedProofs(
  proof: string,
  published: JsonWebKey,
): Readonly<Record<string, string>> {
  const [head, body, signature = ""] = proof.split(".");
  const [header, claims] = [decoded(head), decoded(body)];
  const stolen = { ...claims, sub: "+447700900999", phone_number: "+447700900999", jti: "new" };
  const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const publicKey = createPublicKey({ key: published, format: "jwk" });
  return {
    ...unsigned(header, stolen, signature),
    ...byHmac(header, stolen, published, publicKey),
    ...byOwnKey(header, stolen, own),
    "RS256 by a key of his own": withSignature({ ...header, alg: "RS256" }, stolen, (input) =>
      createSign("sha256").update(input).sign(rsa.privateKey),
    ),
    "ES384 in its header": `${encoded({ ...header, alg: "ES384" })}.${encoded(stolen)}.${signature}`,
    "other claims under our signature": `${head}.${encoded(stolen)}.${signature}`,
    "another header under our signature": `${encoded({ ...header, cty: "x" })}.${body}.${signature}`,
    "a signature of zeros": `${head}.${encoded(stolen)}.${Buffer.alloc(64).toString("base64url")}`,
    "a signature of the order of the curve": `${head}.${encoded(stolen)}.${`${ORDER.toString(16)}`.repeat(2)}`,
    "our signature in DER": `${head}.${body}.${inDer(signature)}`,
    "our signature with a byte behind it": `${head}.${body}.${signature}AA`,
    "our signature cut short": `${head}.${body}.${signature.slice(0, -4)}`,
    "no signature": `${head}.${body}.`,
    "two parts": `${head}.${body}`,
    "five parts": `${head}.${body}.${signature}..`,
    "JSON in place of a token": JSON.stringify({ protected: head, payload: body, signature }),
  };
}

function withSignature(header: Part, claims: Part, signed: (input: Buffer) => Buffer): string {
  const input = `${encoded(header)}.${encoded(claims)}`;
  return `${input}.${signed(Buffer.from(input)).toString("base64url")}`;
}

function unsigned(header: Part, claims: Part, signature: string) {
  const names = ["none", "None", "NONE", "nOnE", "", "null"];
  return Object.fromEntries(
    names.flatMap((alg) => {
      const input = `${encoded({ ...header, alg })}.${encoded(claims)}`;
      return [
        [`alg "${alg}"`, `${input}.`],
        [`alg "${alg}" with our signature`, `${input}.${signature}`],
      ];
    }),
  );
}

/** The old confusion: what everybody knows as the secret of an HMAC. */
function byHmac(header: Part, claims: Part, published: JsonWebKey, publicKey: KeyObject) {
  const secrets: Readonly<Record<string, string | Buffer>> = {
    "the key in PEM": publicKey.export({ format: "pem", type: "spki" }).toString(),
    "the key in DER": publicKey.export({ format: "der", type: "spki" }),
    "the key as JSON": JSON.stringify(published),
    "x of the key": Buffer.from(String(published.x), "base64url"),
    "the name of the key": String(header["kid"]),
    nothing: "",
  };
  return Object.fromEntries(
    Object.entries(secrets).map(([name, secret]) => [
      `HS256 by ${name}`,
      withSignature({ ...header, alg: "HS256" }, claims, (input) =>
        createHmac("sha256", secret).update(input).digest(),
      ),
    ]),
  );
}

function byOwnKey(
  header: Part,
  claims: Part,
  { privateKey, publicKey }: { readonly privateKey: KeyObject; readonly publicKey: KeyObject },
) {
  const jwk = { ...publicKey.export({ format: "jwk" }), kid: "own" };
  const headers: Readonly<Record<string, Part>> = {
    "under our name": header,
    "that it brings along": { ...header, jwk },
    "that it brings along under its own name": { ...header, kid: "own", jwk },
    "at an address of its own": { ...header, kid: "own", jku: "https://evil.example/jwks.json" },
    "in a certificate": {
      ...header,
      x5c: [publicKey.export({ format: "der", type: "spki" }).toString("base64")],
    },
    "with no name": { alg: "ES256", typ: "JWT" },
    "with a path for a name": { ...header, kid: "../../../../dev/null" },
    "with a query for a name": { ...header, kid: "x' UNION SELECT 'own" },
    "that must be understood": { ...header, crit: ["x"], x: 1 },
    "over claims that are not encoded": { ...header, b64: false, crit: ["b64"] },
  };
  return Object.fromEntries(
    Object.entries(headers).map(([name, one]) => [
      `a key of its own ${name}`,
      withSignature(one, claims, (input) =>
        sign("sha256", input, { key: privateKey, dsaEncoding: "ieee-p1363" }),
      ),
    ]),
  );
}

function inDer(signature: string): string {
  const bytes = Buffer.from(signature, "base64url");
  const integer = (part: Buffer) => {
    const padded = (part[0] ?? 0) > 127 ? Buffer.concat([Buffer.of(0), part]) : part;
    return Buffer.concat([Buffer.of(2, padded.length), padded]);
  };
  const both = Buffer.concat([integer(bytes.subarray(0, 32)), integer(bytes.subarray(32))]);
  return Buffer.concat([Buffer.of(0x30, both.length), both]).toString("base64url");
}

/** Another signature of the same proof, which everybody can make of ours: as valid, and of the same `jti`. */
export function mirrored(proof: string): string {
  const [head, body, signature = ""] = proof.split(".");
  const bytes = Buffer.from(signature, "base64url");
  const s = BigInt(`0x${bytes.subarray(32).toString("hex")}`);
  const other = Buffer.from((ORDER - s).toString(16).padStart(64, "0"), "hex");
  return `${head}.${body}.${Buffer.concat([bytes.subarray(0, 32), other]).toString("base64url")}`;
}
