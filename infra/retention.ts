import { RemovalPolicy } from "aws-cdk-lib";
import type { Stage } from "./stage.ts";

/** Whether what holds data outlives its stack: in production, always. */
export function removalPolicyOf({ production }: Stage): RemovalPolicy {
  return production ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}
