import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { latchkeyCredentials } from "../../../server/src/authjs.ts";
import { latchkeyNonce, latchkeyPhoneNumber } from "../../../server/src/better-auth.ts";
import { type CognitoEvent, cognitoTriggers } from "../../../server/src/cognito.ts";
import { firebaseTokens } from "../../../server/src/firebase.ts";
import { supabaseNonce, supabaseSignIn } from "../../../server/src/supabase.ts";
import { aProofKey, ISSUER, NUMBER, type ProofKey, verifierOf } from "../../support/proofs.ts";

let key: ProofKey;
beforeAll(async () => {
  key = await aProofKey();
});

const verifier = <const Purpose extends string>(...purposes: readonly Purpose[]) =>
  verifierOf(key, { purposes });

describe("the triggers of Cognito", () => {
  const USER = { phone_number: NUMBER };
  const triggers = () => cognitoTriggers(verifier("login", "signup"));
  const ask = async (
    triggerSource: string,
    request: CognitoEvent["request"],
    of: ReturnType<typeof triggers> = triggers(),
  ) => Object({ ...(await of({ triggerSource, request, response: {} })).response });
  const define = (request: CognitoEvent["request"]) =>
    ask("DefineAuthChallenge_Authentication", request);
  const answer = (request: CognitoEvent["request"], of = triggers()) =>
    ask("VerifyAuthChallengeResponse_Authentication", request, of);
  const signUp = (proof: string | undefined, userAttributes = USER) =>
    ask("PreSignUp_SignUp", {
      userAttributes,
      validationData: proof === undefined ? null : { proof },
    });

  const CHALLENGE = {
    challengeName: "CUSTOM_CHALLENGE",
    challengeMetadata: "LATCHKEY",
    challengeResult: true,
  } as const;

  it("give a challenge first, tokens for its answer, and nothing else", async () => {
    expect(await define({ session: [] })).toEqual({
      challengeName: "CUSTOM_CHALLENGE",
      issueTokens: false,
      failAuthentication: false,
    });
    expect(await define({ session: [CHALLENGE] })).toEqual({
      issueTokens: true,
      failAuthentication: false,
    });
    for (const session of [
      [{ ...CHALLENGE, challengeResult: false }],
      [{ ...CHALLENGE, challengeMetadata: "CAPTCHA" }],
      [{ ...CHALLENGE, challengeMetadata: undefined }],
      [{ ...CHALLENGE, challengeName: "SRP_A" }],
      [{ ...CHALLENGE, challengeResult: false }, CHALLENGE],
      [CHALLENGE, CHALLENGE],
    ])
      expect(await define({ session })).toEqual({ issueTokens: false, failAuthentication: true });
  });

  it("give an unknown user a challenge and never a token", async () => {
    const unknown = { userNotFound: true };
    expect(await define({ ...unknown, session: [] })).toMatchObject({
      challengeName: "CUSTOM_CHALLENGE",
    });
    expect(await define({ ...unknown, session: [CHALLENGE] })).toMatchObject({
      issueTokens: false,
      failAuthentication: true,
    });
    const request = {
      userAttributes: USER,
      privateChallengeParameters: { nonce: "n-1" },
      challengeAnswer: await key.sign(),
    };
    expect(await answer({ ...request, ...unknown })).toEqual({ answerCorrect: false });
    expect(await answer(request)).toEqual({ answerCorrect: true });
  });

  it("take a proof for the nonce that they gave, once", async () => {
    const of = triggers();
    const created = await ask("CreateAuthChallenge_Authentication", {});
    const { nonce } = created.privateChallengeParameters;
    expect(created).toEqual({
      publicChallengeParameters: { latchkey: ISSUER, nonce },
      privateChallengeParameters: { nonce },
      challengeMetadata: "LATCHKEY",
    });
    expect(nonce).toMatch(/^[\w-]{43}$/);
    const other = await ask("CreateAuthChallenge_Authentication", {});
    expect(other.privateChallengeParameters.nonce).not.toBe(nonce);
    const request = { userAttributes: USER, privateChallengeParameters: { nonce } };
    const challengeAnswer = await key.sign({ nonce });
    expect(await answer({ ...request, challengeAnswer }, of)).toEqual({ answerCorrect: true });
    expect(await answer({ ...request, challengeAnswer }, of)).toEqual({ answerCorrect: false });
    const none = { userAttributes: USER, privateChallengeParameters: Object({ nonce: null }) };
    const unbound = await key.sign({ nonce: undefined });
    expect(await answer({ ...none, challengeAnswer: unbound })).toEqual({ answerCorrect: false });
  });

  it.each([
    ["for another nonce", { nonce: "n-2" }, USER],
    ["for a password reset", { purpose: "password-reset" }, USER],
    ["for a sign-up", { purpose: "signup" }, USER],
    ["of another number", { phone_number: "+447700900999" }, USER],
    ["of a user without a number", {}, {}],
  ])("take no proof %s", async (_, changed, userAttributes) => {
    const challengeAnswer = await key.sign(changed);
    const privateChallengeParameters = { nonce: "n-1" };
    expect(await answer({ userAttributes, privateChallengeParameters, challengeAnswer })).toEqual({
      answerCorrect: false,
    });
  });

  it("confirm a sign-up with a proof for it, and refuse every other", async () => {
    const fits = { purpose: "signup", nonce: undefined };
    expect(await signUp(await key.sign(fits))).toEqual({
      autoConfirmUser: true,
      autoVerifyPhone: true,
    });
    await expect(signUp(await key.sign({ ...fits, purpose: "login" }))).rejects.toThrow(
      "purpose-mismatch",
    );
    await expect(signUp(await key.sign(fits), { phone_number: "+447700900999" })).rejects.toThrow(
      "number-mismatch",
    );
    await expect(signUp(undefined)).rejects.toThrow("malformed");
  });

  it("leave users alone that an administrator or another provider makes", async () => {
    for (const source of ["PreSignUp_AdminCreateUser", "PreSignUp_ExternalProvider"])
      expect(await ask(source, { userAttributes: USER })).toEqual({});
  });

  it("want a verifier for both purposes", () => {
    expect(() => cognitoTriggers(verifier("login"))).toThrow('lack "signup"');
  });
});

describe("the options for Better Auth", () => {
  const { verify, reset, change } = {
    verify: { path: "/phone-number/verify", body: {} },
    reset: { path: "/phone-number/reset-password", body: {} },
    change: { path: "/phone-number/verify", body: { updatePhoneNumber: true } },
  } as const;
  const cookie = (value: string) => new Headers({ cookie: value });
  const BROWSER = cookie("a=1; __Host-latchkey-nonce=n-1");

  async function taken(
    changed: Readonly<Record<string, unknown>>,
    context: object,
    headers = BROWSER,
  ): Promise<boolean> {
    const options = latchkeyPhoneNumber(verifier("login", "change-number", "password-reset"));
    const code = await key.sign(changed);
    return options.verifyOTP({ phoneNumber: NUMBER, code }, { ...context, headers });
  }

  it.each([
    ["login", [true, false, false]],
    ["password-reset", [false, true, false]],
    ["change-number", [false, false, true]],
    ["transaction", [false, false, false]],
  ])("take a proof for %s where that is done, and nowhere else", async (purpose, expected) => {
    const told: boolean[] = [];
    for (const context of [verify, reset, change]) told.push(await taken({ purpose }, context));
    expect(told).toEqual(expected);
  });

  it("take no proof for another browser, another number, or an endpoint that they do not know", async () => {
    expect(await taken({}, verify, cookie("__Host-latchkey-nonce=n-2"))).toBe(false);
    expect(await taken({ nonce: undefined }, verify, new Headers())).toBe(false);
    // Any host of the same domain can set this one.
    expect(await taken({}, verify, cookie("latchkey-nonce=n-1"))).toBe(false);
    expect(await taken({ phone_number: "+447700900999" }, verify)).toBe(false);
    expect(await taken({}, { path: "/elsewhere" })).toBe(false);
    const options = latchkeyPhoneNumber(verifier("signup"));
    const asked = { phoneNumber: NUMBER, code: await key.sign() };
    expect(await options.verifyOTP(asked, { ...verify, headers: BROWSER })).toBe(false);
    expect(await options.verifyOTP(asked)).toBe(false);
  });

  it("give each browser a nonce, in a cookie that no script reads and no neighbour sets", async () => {
    const ask = async (url: string, method = "GET") =>
      (await latchkeyNonce(verifier("login")).onRequest(new Request(url, { method })))?.response;
    const answer = await ask("https://shop.example/api/auth/latchkey/nonce");
    const { nonce } = Object(await answer?.json());
    expect(nonce).toMatch(/^[\w-]{43}$/);
    expect(answer?.headers.get("set-cookie")).toBe(
      `__Host-latchkey-nonce=${nonce}; HttpOnly; SameSite=Lax; Path=/; Max-Age=1800; Secure`,
    );
    const local = Object.assign(verifier("login"), { issuer: "http://localhost:8400" });
    const url = "http://localhost:3000/api/auth/latchkey/nonce";
    const atHome = await latchkeyNonce(local).onRequest(new Request(url));
    expect(atHome?.response.headers.get("set-cookie")).toMatch(
      /^latchkey-nonce=[\w-]{43}; HttpOnly/,
    );
    expect(await ask("https://shop.example/api/auth/latchkey/nonce", "POST")).toBeUndefined();
    expect(await ask("https://shop.example/api/auth/session")).toBeUndefined();
  });

  it("have no code drawn or sent by Better Auth", async () => {
    for (const name of ["send-otp", "request-password-reset"]) {
      const request = new Request(`https://shop.example/api/auth/phone-number/${name}`);
      const answer = await latchkeyNonce(verifier("login")).onRequest(request);
      expect(answer?.response.status).toBe(404);
    }
    await expect(latchkeyPhoneNumber(verifier("login")).sendOTP()).rejects.toThrow(
      "Latchkey sends the codes",
    );
  });
});

describe("the provider for Auth.js", () => {
  const TOKEN = "0123456789abcdef".repeat(4);
  const provider = () =>
    latchkeyCredentials(verifier("login"), {
      purpose: "login",
      userOf: ({ phoneNumber }) => ({ id: phoneNumber }),
    });
  const request = (cookie: string) => new Request("https://shop.example", { headers: { cookie } });

  it.each([
    [`authjs.csrf-token=${TOKEN}|hash`, true],
    [`a=1; __Host-authjs.csrf-token=${TOKEN}%7Chash`, true],
    [`authjs.csrf-token=${TOKEN}x|hash`, false],
    [`__Host-authjs.csrf-token=${"0".repeat(64)}|hash; authjs.csrf-token=${TOKEN}|hash`, false],
    [`other=${TOKEN}|hash`, false],
    ["", false],
  ])("takes a proof for the CSRF token of %s: %s", async (cookie, isTaken) => {
    const proof = await key.sign({ nonce: TOKEN });
    const user = await provider().authorize({ proof }, request(cookie));
    expect(user).toEqual(isTaken ? { id: NUMBER } : null);
  });

  it("reads another cookie where the configuration names it", async () => {
    const { authorize } = latchkeyCredentials(verifier("login"), {
      purpose: "login",
      userOf: () => ({ id: "u" }),
      csrfCookie: "mine",
    });
    const proof = await key.sign({ nonce: TOKEN });
    expect(await authorize({ proof }, request(`mine=${TOKEN}|hash`))).toEqual({ id: "u" });
  });
});

describe("the exchange for Firebase", () => {
  it("gives a token of the user for a proof, and none for another", async () => {
    const minted: unknown[] = [];
    const exchange = firebaseTokens(verifier("login"), {
      auth: {
        createCustomToken: async (...asked) => {
          minted.push(asked);
          return "token";
        },
      },
      uidOf: ({ phoneNumber }) => `uid of ${phoneNumber}`,
    });
    const expected = { purpose: "login", nonce: "n-1" } as const;
    const proof = await key.sign();
    expect(await exchange(proof, expected)).toEqual({ kind: "signed-in", token: "token" });
    expect(await exchange(proof, expected)).toEqual({ kind: "refused", refusal: "replayed" });
    expect(minted).toEqual([[`uid of ${NUMBER}`, { phone_number: NUMBER }]]);
  });
});

describe("the sign-in at Supabase", () => {
  it("shows Supabase the nonce whose hash the proof has, after it has verified the proof", async () => {
    const asked: unknown[] = [];
    const signIn = supabaseSignIn(verifier("login"), {
      auth: {
        signInWithIdToken: async (credentials) => {
          asked.push(credentials);
          return "session";
        },
      },
    });
    expect(supabaseNonce("n-1")).toBe(createHash("sha256").update("n-1").digest("hex"));
    const expected = { purpose: "login", nonce: "n-1" } as const;
    const token = await key.sign({ nonce: supabaseNonce("n-1") });
    expect(await signIn(await key.sign(), expected)).toMatchObject({ refusal: "nonce-mismatch" });
    const empty = await key.sign({ nonce: supabaseNonce("") });
    const unbound = await key.sign({ nonce: undefined });
    for (const nonce of ["", undefined, null])
      for (const proof of [empty, unbound])
        expect(await signIn(proof, Object({ ...expected, nonce }))).toHaveProperty("refusal");
    expect(asked).toEqual([]);
    expect(await signIn(token, expected)).toEqual({ kind: "asked", answer: "session" });
    expect(asked).toEqual([{ provider: "custom:latchkey", token, nonce: "n-1" }]);
    expect(await signIn(token, expected)).toMatchObject({ refusal: "replayed" });
  });
});
