/** `@latchkey/cdk/config`: the settings alone, without aws-cdk-lib. */
export { defineLatchkey, type Stage } from "../infra/stage.ts";
