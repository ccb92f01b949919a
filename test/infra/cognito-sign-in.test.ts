import { createRequire } from "node:module";
import { join } from "node:path";
import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { UserPool, UserPoolOperation } from "aws-cdk-lib/aws-cognito";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { LatchkeySignIn } from "../../infra/cognito-sign-in.ts";
import { createTable, startEngine } from "../../local/engines.ts";
import { close, listen, serverOf } from "../../local/listening.ts";
import { buildCognitoHandler } from "../../server/build.ts";
import { aFolder } from "../support/folder.ts";
import { aProofKey, NUMBER } from "../support/proofs.ts";
import { ANY_DIRECTORY, anApp, resourceIn } from "./stack.ts";

const PROPS = {
  issuer: "https://verify.example.com",
  audience: "shop",
  bundleDirectory: ANY_DIRECTORY,
} as const;

function synthesized() {
  const stack = new Stack(anApp(true), "Shop");
  const userPool = new UserPool(stack, "Users", { signInAliases: { phone: true } });
  new LatchkeySignIn(stack, "SignIn", { ...PROPS, userPool });
  return Template.fromStack(stack);
}

describe("LatchkeySignIn in the stack of a company", () => {
  const template = synthesized();
  const triggers = resourceIn(template, "AWS::Lambda::Function", "SignInTriggers");
  const table = resourceIn(template, "AWS::DynamoDB::GlobalTable", "SignInUsedProofs");

  it("is the trigger of the four events of a sign-in, and may be invoked by the pool alone", () => {
    const pool = resourceIn(template, "AWS::Cognito::UserPool", "Users");
    const arn = { "Fn::GetAtt": [triggers.id, "Arn"] };
    expect(pool.resource["Properties"].LambdaConfig).toEqual({
      DefineAuthChallenge: arn,
      CreateAuthChallenge: arn,
      VerifyAuthChallengeResponse: arn,
      PreSignUp: arn,
    });
    const permissions = Object.values(template.findResources("AWS::Lambda::Permission"));
    expect(permissions).toHaveLength(4);
    for (const { Properties } of permissions)
      expect(Properties).toMatchObject({
        Principal: "cognito-idp.amazonaws.com",
        SourceArn: { "Fn::GetAtt": [pool.id, "Arn"] },
      });
  });

  it("has the address of the deployment, and may write one kind of item", () => {
    expect(triggers.resource["Properties"]).toMatchObject({
      Timeout: 5,
      Environment: {
        Variables: {
          LATCHKEY_ISSUER: PROPS.issuer,
          LATCHKEY_AUDIENCE: PROPS.audience,
          USED_PROOFS_TABLE: { Ref: table.id },
        },
      },
    });
    const { resource } = resourceIn(
      template,
      "AWS::IAM::Policy",
      "SignInTriggersServiceRoleDefaultPolicy",
    );
    expect(resource["Properties"].PolicyDocument.Statement).toEqual([
      {
        Action: "dynamodb:PutItem",
        Effect: "Allow",
        Resource: { "Fn::GetAtt": [table.id, "Arn"] },
      },
    ]);
  });

  it("forgets used proofs by their own date", () => {
    expect(table.resource["Properties"]).toMatchObject({
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      TimeToLiveSpecification: { AttributeName: "forgetAt", Enabled: true },
    });
  });

  it("occupies its triggers: another one is refused", () => {
    const stack = new Stack(anApp(), "Shop");
    const userPool = new UserPool(stack, "Users");
    const sign = new LatchkeySignIn(stack, "One", { ...PROPS, userPool });
    expect(() => userPool.addTrigger(UserPoolOperation.PRE_SIGN_UP, sign.triggers)).toThrow();
  });
});

describe("the bundle of its triggers", () => {
  const folder = aFolder();
  let engine: Awaited<ReturnType<typeof startEngine>>;
  beforeAll(async () => {
    await buildCognitoHandler(folder);
    engine = await startEngine("dynalite");
    await createTable(engine.endpoint, "used", synthesizedTable());
  });
  afterEach(() => vi.unstubAllEnvs());
  afterAll(() => engine.stop());

  function synthesizedTable() {
    return resourceIn(synthesized(), "AWS::DynamoDB::GlobalTable", "SignInUsedProofs").resource;
  }

  it("signs a user in by a proof, once, with nothing but its environment", async () => {
    const key = await aProofKey();
    const keys = serverOf(async (_, response) => {
      response.end(JSON.stringify({ keys: [key.jwk] }));
    });
    const issuer = `http://127.0.0.1:${await listen(keys)}`;
    const environment = {
      LATCHKEY_ISSUER: issuer,
      LATCHKEY_AUDIENCE: PROPS.audience,
      USED_PROOFS_TABLE: "used",
      AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
      AWS_REGION: "eu-west-2",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
    };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    const { handler } = createRequire(import.meta.url)(join(folder, "index.cjs"));
    const event = (name: string, request: object) => ({
      version: "1",
      triggerSource: `${name}_Authentication`,
      request: { userAttributes: { phone_number: NUMBER }, ...request },
      response: {},
    });
    const { response } = await handler(event("CreateAuthChallenge", { session: [] }));
    const { nonce } = response.publicChallengeParameters;
    const now = Math.floor(Date.now() / 1_000);
    const challengeAnswer = await key.sign({ iss: issuer, nonce, iat: now, exp: now + 300 });
    const { privateChallengeParameters } = response;
    const answer = () =>
      handler(
        event("VerifyAuthChallengeResponse", { privateChallengeParameters, challengeAnswer }),
      );
    expect((await answer()).response).toEqual({ answerCorrect: true });
    expect((await answer()).response).toEqual({ answerCorrect: false });
    await close(keys);
  });
});
