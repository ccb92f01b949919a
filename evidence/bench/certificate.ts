import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/**
 * A certificate for 127.0.0.1 that lives for a day, in DER as RFC 5280 §4.1 lays it out. Made anew for each run: a private key does not
 * belong into a repository, not even one that opens nothing.
 */
export function loopbackCertificate(now: Date): {
  readonly certificate: string;
  readonly key: string;
} {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    certificate: pem(certificateOf(privateKey, publicKey, now)),
    key: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
  };
}

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  utf8: 0x0c,
  time: 0x17,
  sequence: 0x30,
  set: 0x31,
  version: 0xa0,
  extensions: 0xa3,
  /** An address in a list of names. */
  address: 0x87,
} as const;

/** Object identifiers, as they are encoded. */
const OID = {
  ecdsaWithSha256: Buffer.from("06082a8648ce3d040302", "hex"),
  commonName: Buffer.from("0603550403", "hex"),
  alternativeNames: Buffer.from("0603551d11", "hex"),
  basicConstraints: Buffer.from("0603551d13", "hex"),
} as const;

const DAY_MILLISECONDS = 86_400_000;
const SHORT_FORM_BYTES = 128;
const LONG_FORM_OF_TWO = 0x82;
const TRUE = Buffer.from([0xff]);

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < SHORT_FORM_BYTES ? [length] : [LONG_FORM_OF_TWO, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function certificateOf(privateKey: KeyObject, publicKey: KeyObject, now: Date): Buffer {
  const algorithm = der(TAG.sequence, OID.ecdsaWithSha256);
  const commonName = der(TAG.utf8, Buffer.from("latchkey bench"));
  const name = der(TAG.sequence, der(TAG.set, der(TAG.sequence, OID.commonName, commonName)));
  const body = der(
    TAG.sequence,
    der(TAG.version, der(TAG.integer, Buffer.from([2]))),
    der(TAG.integer, Buffer.from([1])),
    algorithm,
    name,
    der(TAG.sequence, time(now, -DAY_MILLISECONDS), time(now, DAY_MILLISECONDS)),
    name,
    publicKey.export({ format: "der", type: "spki" }),
    der(TAG.extensions, der(TAG.sequence, ...extensions())),
  );
  const signature = sign("sha256", body, privateKey);
  return der(TAG.sequence, body, algorithm, der(TAG.bitString, Buffer.from([0]), signature));
}

/** It signs itself, and it is good for this address. */
function extensions(): readonly Buffer[] {
  const isAuthority = der(TAG.sequence, der(TAG.boolean, TRUE));
  const addresses = der(TAG.sequence, der(TAG.address, Buffer.from([127, 0, 0, 1])));
  return [
    der(
      TAG.sequence,
      OID.basicConstraints,
      der(TAG.boolean, TRUE),
      der(TAG.octetString, isAuthority),
    ),
    der(TAG.sequence, OID.alternativeNames, der(TAG.octetString, addresses)),
  ];
}

/** `YYMMDDhhmmssZ` */
function time(now: Date, offset: number): Buffer {
  const digits = new Date(now.getTime() + offset).toISOString().replace(/\D/g, "");
  return der(TAG.time, Buffer.from(`${digits.slice(2, 14)}Z`));
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
