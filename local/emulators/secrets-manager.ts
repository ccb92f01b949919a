import * as v from "valibot";
import { AwsFault, type Operations } from "./kms.ts";

const GET_SECRET_VALUE = v.object({ SecretId: v.string() });

/** An emulator for Secrets Manager with these secrets, by ARN. */
export function createSecretsManager(secrets: Readonly<Record<string, string>>): Operations {
  return {
    "secretsmanager.GetSecretValue": (input) => {
      const { SecretId } = v.parse(GET_SECRET_VALUE, input);
      const secret = Object.hasOwn(secrets, SecretId) ? secrets[SecretId] : undefined;
      if (secret === undefined) {
        throw new AwsFault(
          "ResourceNotFoundException",
          "Secrets Manager can't find the specified secret.",
        );
      }
      return {
        ARN: SecretId,
        Name: SecretId.split(":").at(-1),
        SecretString: secret,
        VersionStages: ["AWSCURRENT"],
      };
    },
  };
}
