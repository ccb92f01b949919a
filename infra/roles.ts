import { Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { AnyFunctionName } from "../functions/runtime/environment.ts";
import { FUNCTION_NAMES } from "./by-function.ts";
import { FUNCTIONS, type ResourceName } from "./functions.ts";

/** Names of roles and functions have 64 characters at most: a region may have 15, a function's part 19, with hyphens between. */
export const LONGEST_DEPLOYMENT_NAME = 28;

/**
 * The name of a function's role. Known before the role is made, since the keys name it in their policies and the role names the keys. Roles are
 * global to the account, so the region is part of the name.
 */
export function roleName(scope: Construct, deploymentName: string, name: AnyFunctionName): string {
  return `${deploymentName}-${Stack.of(scope).region}-${name}`;
}

/** The ARNs of the roles whose rows grant one of these actions on a resource. */
export function rolesThatMay(
  scope: Construct,
  deploymentName: string,
  { on, actions }: { readonly on: ResourceName; readonly actions: readonly string[] },
): readonly string[] {
  const { partition, account } = Stack.of(scope);
  return FUNCTION_NAMES.filter((name) =>
    FUNCTIONS[name].grants.some(
      (grant) => grant.on === on && grant.actions.some((action) => actions.includes(action)),
    ),
  ).map((name) => `arn:${partition}:iam::${account}:role/${roleName(scope, deploymentName, name)}`);
}
