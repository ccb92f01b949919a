import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api } from "../../../functions/http/api.ts";
import { startEndpoint } from "../../../functions/http/start.ts";
import { LIMITS } from "../../../functions/policy/limits.ts";
import { type Deps, fictionalNumber, someDeps } from "../../support/deps.ts";
import { aContext, anEvent } from "../../support/events.ts";

const SERVER = {
  resourcePath: "/v1/server/verifications",
  userArn: "arn:aws:sts::123456789012:assumed-role/shop/session",
  sourceIp: "192.0.2.99",
} as const;

const PAGE = { resourcePath: "/v1/verifications", sourceIp: "192.0.2.1" } as const;

const lines: string[] = [];
beforeEach(() => {
  lines.length = 0;
  vi.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(String(line)) > 0);
});
afterEach(() => vi.restoreAllMocks());

type Parts = Parameters<typeof anEvent>[0];

async function asked(deps: Deps, body: object, parts: Parts = SERVER) {
  const handler = api(startEndpoint(deps), { docsUrl: "", allowedOrigins: ["https://app.test"] });
  const answer = await handler(anEvent({ body: JSON.stringify(body), ...parts }), aContext);
  return { ...answer, status: answer.statusCode, body: JSON.parse(answer.body) };
}

const to = (index: number) => fictionalNumber(index);

describe("a start of a back end", () => {
  it("counts under the client that it names, and not under the back end's own address", async () => {
    const deps = someDeps();
    const { max } = LIMITS.unverifiedSends.ipv4;
    for (let index = 0; index < max; index += 1)
      expect((await asked(deps, { to: to(index), clientAddress: "203.0.113.9" })).status).toBe(201);
    const refused = await asked(deps, { to: to(900), clientAddress: "203.0.113.9" });
    expect([refused.status, refused.body.code]).toEqual([429, "too-many-requests"]);
    const another = await asked(deps, { to: to(901), clientAddress: "203.0.113.10" });
    expect(another.status).toBe(201);
  });

  it("that names no client counts among the unknown clients, with a small limit", async () => {
    const deps = someDeps();
    const { max } = LIMITS.unverifiedSends["client-unknown"];
    for (let index = 0; index < max; index += 1)
      expect((await asked(deps, { to: to(index) })).status).toBe(201);
    expect((await asked(deps, { to: to(900) })).body.code).toBe("too-many-requests");
  });

  it("may declare that it knows the number, which no other caller may", async () => {
    const deps = someDeps();
    Object.assign(deps, { spendTerms: { ...deps.spendTerms, knownShare: 0.25 } });
    const body = { to: to(1), knownNumber: true };
    expect((await asked(deps, body)).status).toBe(201);
    expect(deps.entries.at(-1)).toMatchObject({ isKnown: true });
    const refused = await asked(deps, { ...body, to: to(2) }, PAGE);
    expect([refused.status, refused.body.code]).toEqual([400, "body-invalid"]);
  });

  it("that names no address is refused, and nothing is sent", async () => {
    const deps = someDeps();
    const { status, body } = await asked(deps, { to: to(1), clientAddress: "the browser" });
    expect([status, body.code, body.pointer]).toEqual([400, "body-invalid", "/clientAddress"]);
    expect(deps.messages).toEqual([]);
  });

  it("without a signature is a fault of ours, and nothing is sent", async () => {
    const deps = someDeps();
    const { status, body } = await asked(deps, { to: to(1) }, { ...SERVER, userArn: null });
    expect([status, body.code]).toEqual([500, "internal-error"]);
    expect(deps.messages).toEqual([]);
    expect(lines.join("")).toContain("a server route received an unsigned request");
  });

  it("from a page is refused, whatever its origin, and no page may read the answer", async () => {
    const deps = someDeps();
    const headers = { Origin: "https://app.test" };
    const page = await asked(deps, { to: to(1) }, { ...SERVER, headers });
    expect([page.status, page.body.code]).toEqual([403, "origin-not-allowed"]);
    expect(page.headers).not.toHaveProperty("access-control-allow-origin");
    expect(deps.messages).toEqual([]);
  });

  it("is logged as one of a back end, under the name that its route has for all", async () => {
    await asked(someDeps(), { to: to(1) });
    expect(JSON.parse(lines.join(""))).toMatchObject({
      route: "POST /v1/verifications",
      caller: "back-end",
      result: "started",
    });
    expect(lines.join("")).not.toContain("192.0.2.99");
  });
});

describe("a start of a page", () => {
  it("cannot name the address that it counts by", async () => {
    const body = { to: to(1), clientAddress: "203.0.113.9" };
    const answer = await asked(someDeps(), body, PAGE);
    expect([answer.status, answer.body.code]).toEqual([400, "body-invalid"]);
  });

  it("is not logged as one of a back end", async () => {
    await asked(someDeps(), { to: to(1) }, PAGE);
    expect(JSON.parse(lines.join(""))).not.toHaveProperty("caller");
  });
});
