import { createServer } from "node:http";
import { SignJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { close, listen } from "../../../local/listening.ts";
import {
  createProofVerifier,
  memoryReplayStore,
  REFUSALS,
  type VerifierOptions,
} from "../../../server/src/index.ts";
import {
  AUDIENCE,
  aProofKey,
  CLAIMS,
  ISSUER,
  NOW,
  NUMBER,
  type ProofKey,
  verifierOf,
} from "../../support/proofs.ts";

let key: ProofKey;
beforeAll(async () => {
  key = await aProofKey();
});

const LOGIN = { purpose: "login", nonce: "n-1" } as const;

/** Every refusal that a test has seen. */
const given = new Set<string>();

function verifier(options: Partial<VerifierOptions<"login" | "signup">> = {}) {
  const verify = verifierOf(key, { purposes: ["login", "signup"], ...options });
  return async (...asked: Parameters<typeof verify>) => {
    const verdict = await verify(...asked);
    if (verdict.kind === "refused") given.add(verdict.refusal);
    return verdict;
  };
}

/** What becomes of a proof with these claims changed. */
async function refusalOf(changed: Readonly<Record<string, unknown>>, expected: object = {}) {
  const verdict = await verifier()(await key.sign(changed), { ...LOGIN, ...expected });
  return verdict.kind === "refused" ? verdict.refusal : "proven";
}

describe("a proof", () => {
  it("that is genuine, unused and for this session gives its claims", async () => {
    expect(await verifier()(await key.sign(), { ...LOGIN, phoneNumber: NUMBER })).toEqual({
      kind: "proven",
      claims: {
        phoneNumber: NUMBER,
        purpose: "login",
        nonce: "n-1",
        methods: ["otp", "sms"],
        id: "j-1",
        provenAt: new Date(CLAIMS.iat * 1_000),
        expiresAt: new Date(CLAIMS.exp * 1_000),
      },
    });
  });

  it.each([
    ["of another deployment", { iss: "https://other.example" }, {}, "issuer-mismatch"],
    ["for another system", { aud: "bank" }, {}, "audience-mismatch"],
    ["without an audience", { aud: undefined }, {}, "claim-missing"],
    ["that has expired", { exp: NOW / 1_000 - 5 }, {}, "expired"],
    ["that has expired within the tolerance", { exp: NOW / 1_000 - 4 }, {}, "proven"],
    ["without an end", { exp: undefined }, {}, "claim-missing"],
    ["of the future", { iat: NOW / 1_000 + 6 }, {}, "not-yet-valid"],
    ["of the future within the tolerance", { iat: NOW / 1_000 + 5 }, {}, "proven"],
    ["that begins later", { nbf: NOW / 1_000 + 60 }, {}, "not-yet-valid"],
    ["for another purpose", { purpose: "password-reset" }, {}, "purpose-mismatch"],
    ["for another purpose of this back end", { purpose: "signup" }, {}, "purpose-mismatch"],
    ["for the purpose that is asked for", { purpose: "signup" }, { purpose: "signup" }, "proven"],
    ["without a purpose", { purpose: undefined }, {}, "claim-missing"],
    ["for another session", { nonce: "n-2" }, {}, "nonce-mismatch"],
    ["for no session", { nonce: undefined }, {}, "nonce-mismatch"],
    ["for a session where none is", {}, { nonce: null }, "nonce-mismatch"],
    ["for no session where none is", { nonce: undefined }, { nonce: null }, "proven"],
    ["for no session, its nonce empty", { nonce: undefined }, { nonce: "" }, "nonce-mismatch"],
    ["whose nonce neither side has", { nonce: undefined }, { nonce: undefined }, "nonce-mismatch"],
    ["with an empty nonce where the session's is", { nonce: "" }, { nonce: "" }, "nonce-mismatch"],
    ["of another number", {}, { phoneNumber: "+447700900124" }, "number-mismatch"],
    ["without a number", { phone_number: undefined }, {}, "claim-missing"],
    ["with a number that is no text", { phone_number: 447_700 }, {}, "claim-missing"],
    ["of an unverified number", { phone_number_verified: false }, {}, "claim-missing"],
    ["without an id", { jti: undefined }, {}, "claim-missing"],
    ["with an empty id", { jti: "" }, {}, "claim-missing"],
  ] as const)("%s ends as it should: %j %j %s", async (_, changed, expected, end) => {
    expect(await refusalOf(changed, expected)).toBe(end);
  });

  it("that was changed, signed by another key or by another algorithm is refused", async () => {
    const other = await aProofKey();
    const genuine = await key.sign();
    const [head = "", body = "", signature = ""] = genuine.split(".");
    const changed = Buffer.from(JSON.stringify({ ...CLAIMS, phone_number: "+447700900999" }));
    const secret = new TextEncoder().encode(JSON.stringify(key.jwk));
    const byHmac = new SignJWT(CLAIMS).setProtectedHeader({ alg: "HS256", kid: "k-1" });
    const unsigned = Buffer.from('{"alg":"none"}').toString("base64url");
    const proofs: readonly (readonly [unknown, string])[] = [
      [`${head}.${changed.toString("base64url")}.${signature}`, "signature-invalid"],
      [await other.sign(), "signature-invalid"],
      [await key.sign({}, "k-2"), "key-unknown"],
      [await byHmac.sign(secret), "signature-invalid"],
      [`${unsigned}.${body}.`, "signature-invalid"],
      [`${head}.${body}`, "malformed"],
      ["no proof", "malformed"],
      ["", "malformed"],
      [undefined, "malformed"],
      [{ proof: genuine }, "malformed"],
    ];
    for (const [proof, refusal] of proofs)
      expect([proof, await verifier()(proof, LOGIN)]).toEqual([
        proof,
        { kind: "refused", refusal },
      ]);
  });

  it("is signed by RS256 and nothing else, whatever the keys would verify", async () => {
    const secret = new TextEncoder().encode("a secret of at least thirty-two characters");
    const byHmac = await new SignJWT(CLAIMS).setProtectedHeader({ alg: "HS256" }).sign(secret);
    const verdict = await verifier({ keys: async () => secret })(byHmac, LOGIN);
    expect(verdict).toEqual({ kind: "refused", refusal: "signature-invalid" });
  });

  it("counts once, however often and by however many it is shown", async () => {
    const verify = verifier();
    const proof = await key.sign();
    const all = await Promise.all(Array.from({ length: 10 }, () => verify(proof, LOGIN)));
    expect(all.filter(({ kind }) => kind === "proven")).toHaveLength(1);
    expect(await verify(proof, LOGIN)).toEqual({ kind: "refused", refusal: "replayed" });
  });

  it("is not used up by a refusal", async () => {
    const verify = verifier();
    const proof = await key.sign();
    expect(await verify(proof, { ...LOGIN, nonce: "n-2" })).toMatchObject({ kind: "refused" });
    expect(await verify(proof, LOGIN)).toMatchObject({ kind: "proven" });
  });

  it("is remembered until it is refused by its age", async () => {
    const time = { now: NOW };
    const clock = () => time.now;
    const uses: Date[] = [];
    const store = memoryReplayStore(clock);
    const verify = verifier({
      clock,
      replayStore: (use) => {
        uses.push(use.forgetAt);
        return store(use);
      },
    });
    const proof = await key.sign();
    await verify(proof, LOGIN);
    const ends: string[] = [];
    for (; time.now < NOW + 320_000; time.now += 1_000) {
      const verdict = await verify(proof, LOGIN);
      ends.push(verdict.kind === "refused" ? verdict.refusal : "proven");
    }
    expect([...new Set(ends)]).toEqual(["replayed", "expired"]);
    expect(uses[0]).toEqual(new Date((CLAIMS.exp + 6) * 1_000));
  });
});

it("each refusal is given for some proof above", () => {
  expect([...given].toSorted()).toEqual(Object.keys(REFUSALS).toSorted());
});

describe("a verifier", () => {
  it.each(["http://verify.example.com", "ftp://verify.example.com"])(
    "takes no keys from %s",
    (issuer) => {
      expect(() => verifier({ issuer })).toThrow("https address");
    },
  );

  it("is for an audience, for purposes and for a tolerance that is a number", async () => {
    for (const audience of ["", undefined, null])
      expect(() => verifier(Object({ audience }))).toThrow("audience");
    expect(() => verifier({ purposes: [] })).toThrow("purposes");
    for (const clockToleranceSeconds of [Number.NaN, "5 minutes"])
      expect(() => verifier(Object({ clockToleranceSeconds }))).toThrow("clockToleranceSeconds");
    const one = createProofVerifier({ issuer: ISSUER, audience: "a", purposes: ["login"] });
    const ofNone = await key.sign({ purpose: undefined });
    await expect(one(ofNone, Object({ nonce: "n-1" }))).rejects.toThrow(TypeError);
    // @ts-expect-error The verifier is not for sign-ups.
    await expect(one("", { purpose: "signup", nonce: "n" })).rejects.toThrow(TypeError);
  });

  it("throws where the keys cannot be read, since that is no fault of the proof", async () => {
    const answers = [500, 200];
    const server = createServer((_, response) => {
      response.statusCode = answers.shift() ?? 200;
      response.end(JSON.stringify({ keys: [key.jwk] }));
    });
    const issuer = `http://127.0.0.1:${await listen(server)}`;
    const options = { issuer, audience: AUDIENCE, purposes: ["login"], clock: () => NOW } as const;
    const verify = createProofVerifier(options);
    const proof = await key.sign({ iss: issuer });
    await expect(verify(proof, LOGIN)).rejects.toThrow("the proof keys cannot be read");
    expect(await verify(proof, LOGIN)).toMatchObject({ kind: "proven" });
    await close(server);
  });
});
