import assert from "node:assert/strict";
import { createHash, createPublicKey, generateKeyPairSync } from "node:crypto";
import { text } from "node:stream/consumers";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { close, listen, serverOf } from "../../local/listening.ts";
import { latchkeyCredentials } from "../../server/src/authjs.ts";
import { latchkeyNonce, latchkeyPhoneNumber } from "../../server/src/better-auth.ts";
import { cognitoTriggers } from "../../server/src/cognito.ts";
import { firebaseTokens } from "../../server/src/firebase.ts";
import { supabaseNonce, supabaseSignIn } from "../../server/src/supabase.ts";
import { AUDIENCE, type Ground, libraries, newNumber, verifierOf } from "./ground.ts";

const SHOP = "http://localhost:3000";

/** The cookies that an answer sets, as the next request sends them. */
const cookiesOf = (...answers: readonly Response[]): string =>
  answers
    .flatMap(({ headers }) => headers.getSetCookie())
    .map((cookie) => cookie.split(";", 1)[0])
    .join("; ");

/** Better Auth's own handler over its memory adapter: a person signs in by a proof, and no code of Better Auth is ever stored. */
export async function betterAuth(ground: Ground): Promise<void> {
  const { betterAuth } = libraries("better-auth");
  const { phoneNumber } = libraries("better-auth/plugins");
  const { memoryAdapter } = libraries("better-auth/adapters/memory");
  const verify = verifierOf(ground, "login", "password-reset");
  const tables: Record<string, unknown[]> = {
    ...{ user: [], session: [], account: [], verification: [] },
  };
  const auth = betterAuth({
    baseURL: SHOP,
    secret: "a secret of at least thirty-two characters",
    database: memoryAdapter(tables),
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    plugins: [
      phoneNumber({
        ...latchkeyPhoneNumber(verify),
        signUpOnVerification: { getTempEmail: (number: string) => `${number}@phone.invalid` },
      }),
      latchkeyNonce(verify),
    ],
  });
  const ask = (path: string, cookie: string, body?: object): Promise<Response> =>
    auth.handler(
      new Request(`${SHOP}/api/auth${path}`, {
        headers: { "content-type": "application/json", cookie, origin: SHOP },
        ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
      }),
    );
  const first = await ask("/latchkey/nonce", "");
  const { nonce } = Object(await first.json());
  const cookie = cookiesOf(first);
  const to = newNumber();
  const signIn = async (code: string, phoneNumber = to, cookies = cookie) =>
    ask("/phone-number/verify", cookies, { phoneNumber, code });
  const reset = await ground.sign({ phone_number: to, nonce, purpose: "password-reset" });
  const other = await ground.sign({ phone_number: to, nonce: "n-2" });
  const proof = await ground.prove(to, nonce);
  for (const answer of [
    await signIn(reset),
    await signIn(other),
    await signIn("123456"),
    await signIn(proof, newNumber()),
    await signIn(proof, to, ""),
  ])
    assert.equal(answer.status, 400);
  const done = await signIn(proof);
  assert.equal(done.status, 200);
  assert.equal((await signIn(proof)).status, 400);
  const session = await (await ask("/get-session", cookiesOf(done))).json();
  assert.deepEqual(
    [Object(session).user.phoneNumber, Object(session).user.phoneNumberVerified],
    [to, true],
  );
  assert.equal((await ask("/phone-number/send-otp", cookie, { phoneNumber: to })).status, 404);
  assert.deepEqual(tables["verification"], []);
}

/** Auth.js's own handler: CSRF token, credentials callback, session. */
export async function authJs(ground: Ground): Promise<void> {
  const { Auth } = libraries("@auth/core");
  const { default: credentials } = libraries("@auth/core/providers/credentials");
  const provider = latchkeyCredentials(verifierOf(ground, "login"), {
    purpose: "login",
    userOf: ({ phoneNumber }) => ({ id: phoneNumber, name: phoneNumber }),
  });
  const config = {
    providers: [credentials(provider)],
    secret: "a secret of at least thirty-two characters",
    trustHost: true,
    basePath: "/auth",
    logger: { error: () => undefined, warn: () => undefined, debug: () => undefined },
  };
  const ask = (path: string, cookie: string, body?: Record<string, string>): Promise<Response> =>
    Auth(
      new Request(`${SHOP}/auth${path}`, {
        headers: { cookie, "x-auth-return-redirect": "1" },
        ...(body === undefined ? {} : { method: "POST", body: new URLSearchParams(body) }),
      }),
      config,
    );
  const first = await ask("/csrf", "");
  const { csrfToken } = Object(await first.json());
  const cookie = cookiesOf(first);
  const to = newNumber();
  const signIn = (proof: string) => ask("/callback/latchkey", cookie, { csrfToken, proof });
  const sessionAfter = async (answer: Response) =>
    Object(await (await ask("/session", cookiesOf(answer))).json())?.user?.name;
  for (const changed of [{ nonce: "n-2" }, { nonce: csrfToken, purpose: "password-reset" }])
    assert.equal(await sessionAfter(await signIn(await ground.sign(changed))), undefined);
  const proof = await ground.prove(to, csrfToken);
  assert.equal(await sessionAfter(await signIn(proof)), to);
  assert.equal(await sessionAfter(await signIn(proof)), undefined);
}

/** firebase-admin mints the token with a key of a service account of ours; the services of Firebase are not asked. */
export async function firebase(ground: Ground): Promise<void> {
  const { initializeApp, cert } = libraries("firebase-admin/app");
  const { getAuth } = libraries("firebase-admin/auth");
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const clientEmail = "latchkey@example.iam.gserviceaccount.com";
  const pem = String(privateKey.export({ format: "pem", type: "pkcs8" }));
  initializeApp({ credential: cert({ projectId: "example", clientEmail, privateKey: pem }) });
  const exchange = firebaseTokens(verifierOf(ground, "login"), {
    auth: getAuth(),
    uidOf: ({ phoneNumber }) => `user-${phoneNumber}`,
  });
  const to = newNumber();
  const proof = await ground.prove(to, "n-1");
  const expected = { purpose: "login", nonce: "n-1" } as const;
  const done = await exchange(proof, expected);
  assert.equal(done.kind, "signed-in");
  const token = done.kind === "signed-in" ? done.token : "";
  const { payload } = await jwtVerify(
    token,
    createPublicKey(publicKey.export({ format: "pem", type: "spki" })),
    { issuer: clientEmail },
  );
  assert.deepEqual([payload["uid"], payload["claims"]], [`user-${to}`, { phone_number: to }]);
  assert.deepEqual(await exchange(proof, expected), { kind: "refused", refusal: "replayed" });
}

/**
 * The client of Supabase, against an emulator for its server, which finds the keys by discovery, checks audience and signature, and compares the claim
 * `nonce` with the SHA-256 of the nonce that it is given. Supabase's own server was not run.
 */
export async function supabase(ground: Ground): Promise<void> {
  const { createClient } = libraries("@supabase/supabase-js");
  const server = serverOf(async (request, response) => {
    const { id_token, nonce, provider } = JSON.parse(await text(request));
    const discovery = `${ground.issuer}/.well-known/openid-configuration`;
    const { jwks_uri, issuer } = Object(await (await fetch(discovery)).json());
    const keys = createRemoteJWKSet(new URL(jwks_uri));
    const { payload } = await jwtVerify(id_token, keys, { issuer, audience: AUDIENCE });
    const fits = payload["nonce"] === createHash("sha256").update(nonce).digest("hex");
    response.statusCode = fits && provider === "custom:latchkey" ? 200 : 400;
    response.setHeader("content-type", "application/json");
    const user = { id: "u", aud: "authenticated", user_metadata: { sub: payload.sub } };
    const tokens = { access_token: "a.b.c", refresh_token: "r", token_type: "bearer" };
    response.end(JSON.stringify({ ...tokens, expires_in: 3_600, user }));
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  const client = createClient(url, "key", {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const signIn = supabaseSignIn(verifierOf(ground, "login"), client);
  const to = newNumber();
  const proof = await ground.prove(to, supabaseNonce("n-1"));
  const expected = { purpose: "login", nonce: "n-1" } as const;
  const done = await signIn(proof, expected);
  const { data, error } = Object(done.kind === "asked" ? done.answer : {});
  assert.deepEqual([error, data.session.user.user_metadata.sub], [null, to]);
  const reset = { nonce: supabaseNonce("n-1"), purpose: "password-reset" };
  assert.equal((await signIn(await ground.sign(reset), expected)).kind, "refused");
  await close(server);
}

/** The events of a sign-up and a sign-in, as Cognito sends them one after another. No user pool was asked. */
export async function cognito(ground: Ground): Promise<void> {
  const triggers = cognitoTriggers(verifierOf(ground, "login", "signup"));
  const to = newNumber();
  const ask = async (triggerSource: string, request: object, response: object = {}) =>
    Object(
      await triggers({
        ...{ version: "1", region: "eu-west-2", userPoolId: "eu-west-2_a", userName: "u" },
        ...{ callerContext: { awsSdkVersion: "js", clientId: "c" }, triggerSource, response },
        request: { userAttributes: { phone_number: to }, ...request },
      }),
    ).response;
  const proof = await ground.prove(to, undefined, "signup");
  const flags = { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false };
  assert.deepEqual(await ask("PreSignUp_SignUp", { validationData: { proof } }, flags), {
    autoConfirmUser: true,
    autoVerifyEmail: false,
    autoVerifyPhone: true,
  });
  const begun = await ask("DefineAuthChallenge_Authentication", { session: [] });
  assert.equal(begun.challengeName, "CUSTOM_CHALLENGE");
  const { publicChallengeParameters, privateChallengeParameters, challengeMetadata } = await ask(
    "CreateAuthChallenge_Authentication",
    { challengeName: begun.challengeName, session: [] },
  );
  // A number is sent one message in thirty seconds.
  const challengeAnswer = await ground.sign({
    phone_number: to,
    nonce: publicChallengeParameters.nonce,
  });
  const { answerCorrect } = await ask("VerifyAuthChallengeResponse_Authentication", {
    privateChallengeParameters,
    challengeAnswer,
  });
  const session = [
    { challengeName: "CUSTOM_CHALLENGE", challengeResult: answerCorrect, challengeMetadata },
  ];
  const { issueTokens } = await ask("DefineAuthChallenge_Authentication", { session });
  assert.deepEqual([answerCorrect, issueTokens], [true, true]);
}
