/** The Lambda of `LatchkeySignIn`: the triggers, with their environment. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type CognitoEvent, cognitoTriggers } from "./cognito.ts";
import { dynamoReplayStore } from "./dynamodb.ts";
import { createProofVerifier } from "./verifier.ts";

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`${name} is not set`);
  return value;
}

const triggers = cognitoTriggers(
  createProofVerifier({
    issuer: setting("LATCHKEY_ISSUER"),
    audience: setting("LATCHKEY_AUDIENCE"),
    purposes: ["login", "signup"],
    replayStore: dynamoReplayStore({
      client: new DynamoDBClient(),
      tableName: setting("USED_PROOFS_TABLE"),
    }),
  }),
);

export const handler = (event: CognitoEvent): Promise<CognitoEvent> => triggers(event);
