import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

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
