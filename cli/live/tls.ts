import { type ConnectionOptions, connect, type SecureVersion } from "node:tls";
import type { Finding } from "../checklist/question.ts";
import { CouldNotAsk } from "./twilio-reader.ts";

type Offer = Pick<ConnectionOptions, "ciphers"> & {
  readonly minVersion?: SecureVersion;
  readonly maxVersion?: SecureVersion;
};

/** The version and the cipher that a host agrees to; `undefined` if it refuses the offer. */
export type Handshake = (host: string, offer: Offer) => Promise<string | undefined>;

const PATIENCE_MILLISECONDS = 10_000;

/** The certificate is not examined: `answers` fetches, which refuses a bad one. */
export const handshake: Handshake = (name, offer) =>
  new Promise((resolve, reject) => {
    const { hostname: host, port } = new URL(`https://${name}`);
    const unanswered = () => reject(new CouldNotAsk(`${name} does not answer from here`));
    const server = { host, servername: host, port: Number(port || 443), rejectUnauthorized: false };
    const socket = connect({ ...server, ...offer });
    socket.setTimeout(PATIENCE_MILLISECONDS, () => socket.destroy(new Error("no answer in time")));
    socket.once("secureConnect", () => {
      resolve(`${socket.getProtocol()} ${socket.getCipher().name}`);
      socket.destroy();
    });
    socket.once("error", (fault) => {
      const { code = "" }: { readonly code?: string } = fault;
      if (/^(ERR_SSL_|ECONNRESET|EPROTO)/.test(code)) resolve(undefined);
      else unanswered();
    });
  });

/** This machine's OpenSSL offers them only at its lowest level. */
const OLD: Readonly<Record<string, Offer>> = {
  "TLS 1.1": { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" },
  "a cipher without forward secrecy": {
    maxVersion: "TLSv1.2",
    ciphers: "AES128-GCM-SHA256:AES128-SHA:@SECLEVEL=0",
  },
};

type Asked = { readonly address: () => Promise<string>; readonly handshake: Handshake };

export async function tls({ address, handshake: agree }: Asked): Promise<Finding> {
  const { host } = new URL(await address());
  const today = await agree(host, {});
  if (today === undefined) throw new CouldNotAsk(`${host} refuses TLS from here`);
  const faults: string[] = [];
  for (const [what, offer] of Object.entries(OLD)) {
    const agreed = await agree(host, offer);
    if (agreed !== undefined)
      faults.push(`${what} is accepted (${agreed}): deploy again, or see what stands before it`);
  }
  return { value: `${host} agrees to ${today}`, faults };
}
