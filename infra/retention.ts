import { RemovalPolicy } from "aws-cdk-lib";
import type { Stage } from "./stage.ts";

/** Whether the table outlives its stack: in production, always. */
export function removalPolicyOf({ production }: Stage): RemovalPolicy {
  return production ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}

/** The same for keys, secrets and logs, but that a first deployment that failed leaves none of them behind: nothing was in them, and they cost money. */
export function keepingPolicyOf({ production }: Stage): RemovalPolicy {
  return production ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}
