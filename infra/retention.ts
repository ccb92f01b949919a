import { RemovalPolicy } from "aws-cdk-lib";
import type { Stage } from "./stage.ts";

/** Whether the table is retained when its stack is deleted: in production, always. */
export function removalPolicyOf({ production }: Stage): RemovalPolicy {
  return production ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}

/** The policy of keys, secrets and logs. A failed first deployment deletes them: they are empty and cost money. */
export function keepingPolicyOf({ production }: Stage): RemovalPolicy {
  return production ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}
