/** `@latchkey/cdk`: the construct, the thin stack around it, and the settings that both take. */
export { type Bundles, Latchkey, type LatchkeyProps } from "../infra/latchkey.ts";
export { LatchkeyStack, type LatchkeyStackProps } from "../infra/latchkey-stack.ts";
export { defineLatchkey, type Stage } from "../infra/stage.ts";
export { StageFault, validateStage } from "../infra/stage-rules.ts";
