import { CLAIM_CONDITIONS, dynamoClaims } from "../../functions/adapters/dynamodb/claims.ts";
import { dynamoNumbers, NUMBER_CONDITIONS } from "../../functions/adapters/dynamodb/numbers.ts";
import { dynamoScopes } from "../../functions/adapters/dynamodb/scopes.ts";
import { dynamoSendingSwitch } from "../../functions/adapters/dynamodb/sending-switch.ts";
import { dynamoSpend, SPEND_CONDITIONS } from "../../functions/adapters/dynamodb/spend.ts";
import type { Table } from "../../functions/adapters/dynamodb/table.ts";
import {
  dynamoVerifications,
  VERIFICATION_CONDITIONS,
} from "../../functions/adapters/dynamodb/verifications.ts";
import { WINDOW_CONDITIONS } from "../../functions/adapters/dynamodb/windows.ts";
import { LIMITS } from "../../functions/policy/limits.ts";
import type {
  ClaimStore,
  Clock,
  NumberStore,
  ScopeStore,
  SendingSwitch,
  VerificationStore,
} from "../../functions/verification/ports.ts";
import type { SpendStore } from "../../functions/verification/spend.ts";

/** The key of the deployed table: `infra` has a test of its own that it is this one. */
export const TABLE_RESOURCE = {
  Type: "AWS::DynamoDB::GlobalTable",
  Properties: {
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
  },
};

export type Stores = {
  readonly verifications: VerificationStore;
  readonly numbers: NumberStore;
  readonly scopes: ScopeStore;
  readonly claims: ClaimStore;
  readonly spend: SpendStore;
  readonly sendingSwitch: SendingSwitch;
};

/** Every condition of every write of every store. */
const CONDITIONS = {
  verifications: VERIFICATION_CONDITIONS,
  numbers: NUMBER_CONDITIONS,
  windows: WINDOW_CONDITIONS,
  spend: SPEND_CONDITIONS,
  claims: CLAIM_CONDITIONS,
} as const;

/** One condition, named by its store, its write and the fact that it stands for. */
export type Clause = { readonly store: string; readonly write: string; readonly fact: string };

export function clauseName({ store, write, fact }: Clause): string {
  return `${store}.${write}: ${fact}`;
}

export function allClauses(): readonly Clause[] {
  return Object.entries(CONDITIONS).flatMap(([store, writes]) =>
    Object.entries(writes).flatMap(([write, conditions]) =>
      Object.keys(conditions).map((fact) => ({ store, write, fact })),
    ),
  );
}

/** The deployed stores over a table, with every condition of theirs. */
export function engineStores(table: Table, clock: Clock): Stores {
  return {
    verifications: dynamoVerifications(table),
    numbers: dynamoNumbers(table, LIMITS),
    scopes: dynamoScopes(table),
    claims: dynamoClaims(table),
    spend: dynamoSpend(table),
    sendingSwitch: dynamoSendingSwitch(table, clock),
  };
}

/** Holds for every item and for none, and still names the values that are sent with it. */
function alwaysTrue(expression = ""): string {
  return `(attribute_exists(pk) OR attribute_not_exists(pk) OR ${expression})`;
}

/** The deployed stores over a table, with every condition but one. */
export function engineStoresWithout(clause: Clause, table: Table, clock: Clock): Stores {
  const left = structuredClone(CONDITIONS);
  const conditions: Record<string, string> = Object(left)[clause.store][clause.write];
  conditions[clause.fact] = alwaysTrue(conditions[clause.fact]);
  return {
    ...engineStores(table, clock),
    verifications: dynamoVerifications(table, left.verifications),
    numbers: dynamoNumbers(table, LIMITS, left.numbers),
    scopes: dynamoScopes(table, left.windows),
    claims: dynamoClaims(table, left.claims),
    spend: dynamoSpend(table, left.spend, left.windows),
  };
}
