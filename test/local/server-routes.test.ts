import { SignatureV4 } from "@smithy/signature-v4";
import { describe, expect, it } from "vitest";
import { SHA_256 } from "../../local/gateway/signatures.ts";
import { PLACE } from "../../local/template/names.ts";
import { systemOfFile } from "../support/patient-system.ts";

const system = await systemOfFile();

const GOOD = {
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
  region: String(PLACE.region),
  service: "execute-api",
};

type Asked = {
  readonly method?: string;
  readonly path?: string;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
  /** What is sent in place of the body that was signed. */
  readonly sent?: unknown;
  readonly signer?: Partial<typeof GOOD>;
  readonly signingDate?: Date;
  /** What is sent in place of the signed headers. */
  readonly change?: (signed: Record<string, string>) => Record<string, string>;
};

/** Signs with the signer of AWS's own SDK, and asks. */
async function ask({
  method = "POST",
  path = "/v1/server/verifications",
  query = {},
  body,
  sent = body,
  signer = {},
  signingDate = new Date(),
  change = (signed) => signed,
}: Asked) {
  const url = new URL(path, system.url);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const text = body === undefined ? "" : JSON.stringify(body);
  const { headers } = await new SignatureV4({ ...GOOD, ...signer, sha256: SHA_256 }).sign(
    {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query,
      headers: { host: url.host, "content-type": "application/json" },
      body: text,
    },
    { signingDate },
  );
  const { host: _, ...others } = change(headers);
  const answer = await fetch(url, {
    method,
    headers: others,
    ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
  });
  const answered = await answer.text();
  return { status: answer.status, body: answered === "" ? {} : JSON.parse(answered) };
}

const started = (index: number, clientAddress?: string) =>
  ask({ body: { to: number(index), ...(clientAddress === undefined ? {} : { clientAddress }) } });
const number = (index: number) => `+447700900${String(index).padStart(3, "0")}`;
const codeOf = (index: number) => {
  const text = system.handset.messages().findLast(({ to }) => to === number(index))?.text ?? "";
  return /\d{6}/.exec(text)?.[0];
};

describe("a back end that signs", () => {
  it("starts, shows, checks and is given the proof, for the person that it asks for", async () => {
    const start = await started(1, "203.0.113.1");
    expect([start.status, start.body.to]).toEqual([201, "+44•••••••001"]);
    const path = `/v1/server/verifications/${start.body.id}`;
    expect(await ask({ method: "GET", path })).toMatchObject({
      status: 200,
      body: { status: "pending" },
    });
    const clientAddress = "203.0.113.1";
    const resend = await ask({ path: `${path}/resend`, body: { clientAddress } });
    expect(resend.body.code).toBe("too-many-sends");
    const check = await ask({ path: `${path}/check`, body: { code: codeOf(1), clientAddress } });
    expect(check.body).toMatchObject({ result: "approved", proof: expect.any(String) });
  });

  it("cancels", async () => {
    const { body } = await started(2, "203.0.113.2");
    const path = `/v1/server/verifications/${body.id}`;
    expect((await ask({ method: "DELETE", path })).status).toBe(204);
  });

  it("is refused an address that is none, on every route that takes one", async () => {
    const refusal = { code: "body-invalid", pointer: "/clientAddress" };
    expect((await started(3, "here")).body).toMatchObject(refusal);
    const path = "/v1/server/verifications/v1-AAAAAAAAAAAAAAAAAAAAAAAA";
    const clientAddress = "here";
    const check = await ask({ path: `${path}/check`, body: { code: "123456", clientAddress } });
    expect(check.body).toMatchObject(refusal);
    const resend = await ask({ path: `${path}/resend`, body: { clientAddress } });
    expect(resend.body).toMatchObject(refusal);
  });

  it("may ask with a query, in whatever order", async () => {
    const query = { z: "1 2", a: "ö/+" };
    const path = "/v1/server/verifications/v1-AAAAAAAAAAAAAAAAAAAAAAAA";
    expect((await ask({ method: "GET", path, query })).body.code).toBe("verification-not-found");
  });
});

describe("a server route", () => {
  it("is not found without a signature", async () => {
    const answer = await fetch(`${system.url}/v1/server/verifications`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ to: number(5) }),
    });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: "route-not-found" });
    expect(codeOf(5)).toBeUndefined();
  });

  const body = { to: number(6), clientAddress: "203.0.113.6" };
  const HOUR = 3_600_000;
  const WRONG: Readonly<Record<string, Asked>> = {
    "another secret": {
      signer: { credentials: { accessKeyId: "local", secretAccessKey: "guess" } },
    },
    "an unknown key": {
      signer: { credentials: { accessKeyId: "AKIA1", secretAccessKey: "local" } },
    },
    "another region": { signer: { region: "us-east-1" } },
    "another service": { signer: { service: "lambda" } },
    "an old signature": { signingDate: new Date(Date.now() - HOUR) },
    "a signature of the future": { signingDate: new Date(Date.now() + HOUR) },
    "another body than was signed": { sent: { ...body, to: number(7) } },
    "another body, and the hash of it not signed": {
      sent: { ...body, to: number(7) },
      change: ({ "x-amz-content-sha256": _, ...signed }) => signed,
    },
    "a signature cut short": {
      change: ({ authorization = "", ...signed }) => ({
        ...signed,
        authorization: authorization.slice(0, -1),
      }),
    },
    "a signature of nothing": {
      change: (signed) => ({
        ...signed,
        authorization: "AWS4-HMAC-SHA256 Credential=, SignedHeaders=, Signature=",
      }),
    },
    "a password": { change: (signed) => ({ ...signed, authorization: "Basic bG9jYWw6bG9jYWw=" }) },
    "a date that was not signed": {
      change: (signed) => ({ ...signed, "x-amz-date": "20200101T000000Z" }),
    },
  };

  it.each(Object.entries(WRONG))("refuses %s, and nothing is sent", async (_, wrong) => {
    const { status, body: problem } = await ask({ body, ...wrong });
    expect([status, problem.code]).toEqual([403, "signature-invalid"]);
    expect([codeOf(6), codeOf(7)]).toEqual([undefined, undefined]);
  });

  it("answers no preflight", async () => {
    const answer = await fetch(`${system.url}/v1/server/verifications`, {
      method: "OPTIONS",
      headers: { origin: system.url, "access-control-request-method": "POST" },
    });
    expect(answer.status).toBe(404);
  });
});
