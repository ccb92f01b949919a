import {
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign,
} from "node:crypto";

type Part = Readonly<Record<string, unknown>>;

const encoded = (part: Part): string => Buffer.from(JSON.stringify(part)).toString("base64url");
const decoded = (part = ""): Part => JSON.parse(Buffer.from(part, "base64url").toString());

/** What a forger can write who has a proof of his own and the published key, by what he tries. None of them is signed by us. */
export function forgedProofs(
  proof: string,
  published: JsonWebKey,
): Readonly<Record<string, string>> {
  const [head, body, signature = ""] = proof.split(".");
  const [header, claims] = [decoded(head), decoded(body)];
  const stolen = { ...claims, sub: "+447700900999", phone_number: "+447700900999", jti: "new" };
  const own = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const elliptic = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const publicKey = createPublicKey({ key: published, format: "jwk" });
  return {
    ...unsigned(header, stolen, signature),
    ...byHmac(header, stolen, published, publicKey),
    ...byOwnKey(header, stolen, own),
    "ES256 by a key of its own": withSignature({ ...header, alg: "ES256" }, stolen, (input) =>
      sign("sha256", input, { key: elliptic.privateKey, dsaEncoding: "ieee-p1363" }),
    ),
    "PS256 in its header": `${encoded({ ...header, alg: "PS256" })}.${encoded(stolen)}.${signature}`,
    "RS512 in its header": `${encoded({ ...header, alg: "RS512" })}.${encoded(stolen)}.${signature}`,
    "other claims under our signature": `${head}.${encoded(stolen)}.${signature}`,
    "another header under our signature": `${encoded({ ...header, cty: "x" })}.${body}.${signature}`,
    "a signature of zeros": `${head}.${encoded(stolen)}.${Buffer.alloc(256).toString("base64url")}`,
    "a signature of one": `${head}.${encoded(stolen)}.${inBytes(1n)}`,
    "the modulus for a signature": `${head}.${encoded(stolen)}.${published.n}`,
    "our signature negated": `${head}.${body}.${inBytes(modulusOf(published) - numberIn(signature))}`,
    "our signature with a zero before it": `${head}.${body}.${inBytes(numberIn(signature), 257)}`,
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
    "the modulus of the key": Buffer.from(String(published.n), "base64url"),
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
    "with no name": { alg: "RS256", typ: "JWT" },
    "with a path for a name": { ...header, kid: "../../../../dev/null" },
    "with a query for a name": { ...header, kid: "x' UNION SELECT 'own" },
    "that must be understood": { ...header, crit: ["x"], x: 1 },
    "over claims that are not encoded": { ...header, b64: false, crit: ["b64"] },
  };
  return Object.fromEntries(
    Object.entries(headers).map(([name, one]) => [
      `a key of its own ${name}`,
      withSignature(one, claims, (input) => sign("sha256", input, privateKey)),
    ]),
  );
}

function numberIn(base64url: string): bigint {
  return BigInt(`0x${Buffer.from(base64url, "base64url").toString("hex")}`);
}

const modulusOf = ({ n = "" }: JsonWebKey): bigint => numberIn(n);

function inBytes(number: bigint, bytes = 256): string {
  return Buffer.from(number.toString(16).padStart(2 * bytes, "0"), "hex").toString("base64url");
}

/**
 * Another spelling of the same proof, which everybody can make of ours: the last of 342 characters holds four bits that belong to no byte (RFC
 * 4648 §3.5), so a decoder that ignores them takes it as valid, with the same `jti`.
 */
export function respelled(proof: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return `${proof.slice(0, -1)}${alphabet[alphabet.indexOf(proof.slice(-1)) + 1]}`;
}
