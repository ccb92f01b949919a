import type { Resource } from "./template.ts";

/** The simulated region and account. London, a region that no code may depend on; the account is one that no customer has. */
export const PLACE = {
  region: "eu-west-2",
  account: "000000000000",
  partition: "aws",
  suffix: "amazonaws.com",
  stack: "latchkey-local",
} as const;

/** The names that the cloud would give to a resource: what `Ref` and `Fn::GetAtt` answer. Stable, since made from its logical id. */
type Names = { readonly ref: string; readonly attributes: Readonly<Record<string, string>> };

export function namesOf(logicalId: string, { Type, Properties }: Resource): Names {
  const named = NAMING[Type];
  if (named === undefined) return { ref: logicalId, attributes: {} };
  return named(logicalId, Properties);
}

type Naming = (logicalId: string, properties: Readonly<Record<string, unknown>>) => Names;

const table: Naming = (logicalId, { TableName }) => {
  const name = typeof TableName === "string" ? TableName : logicalId;
  return { ref: name, attributes: { Arn: arn("dynamodb", `table/${name}`) } };
};

const NAMING: Readonly<Record<string, Naming>> = {
  "AWS::Lambda::Function": (logicalId, { FunctionName }) => {
    const name = typeof FunctionName === "string" ? FunctionName : logicalId;
    return { ref: name, attributes: { Arn: arn("lambda", `function:${name}`) } };
  },
  "AWS::DynamoDB::Table": table,
  "AWS::DynamoDB::GlobalTable": table,
  "AWS::KMS::Key": (logicalId) => ({
    ref: logicalId,
    attributes: { Arn: arn("kms", `key/${logicalId}`), KeyId: logicalId },
  }),
  "AWS::SecretsManager::Secret": (logicalId) => {
    const secret = arn("secretsmanager", `secret:${logicalId}`);
    return { ref: secret, attributes: { Id: secret } };
  },
};

function arn(service: string, resource: string): string {
  return `arn:${PLACE.partition}:${service}:${PLACE.region}:${PLACE.account}:${resource}`;
}
