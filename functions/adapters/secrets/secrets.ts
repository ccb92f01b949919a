import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

/** A container reads a secret that it keeps again after this time, so that a change needs no deployment. 10,000 reads cost 5 cents (AWS Secrets Manager, pricing). */
export const SECRET_MINUTES = 5;

/** Reads the JSON of one secret at each call. Throws if it is missing or holds no JSON; no error quotes its content. */
export function secretReader<Secret>(
  secrets: SecretsManagerClient,
  secretArn: string,
  parse: (json: unknown) => Secret,
): () => Promise<Secret> {
  return async () => parse(await read(secrets, secretArn));
}

async function read(secrets: SecretsManagerClient, secretArn: string): Promise<unknown> {
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
  if (SecretString === undefined) throw new Error("the secret has no value");
  try {
    return JSON.parse(SecretString);
  } catch {
    throw new Error("the secret holds no JSON");
  }
}
