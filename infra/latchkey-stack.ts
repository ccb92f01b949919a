import { Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { stackNameOf } from "./deployment.ts";
import { Latchkey, type LatchkeyProps } from "./latchkey.ts";

/** The props of the construct, with a name for the stack. */
export type LatchkeyStackProps = LatchkeyProps & {
  readonly stageName: string;
  /** `latchkey-<stage>` if left out. */
  readonly stackName?: string | undefined;
};

/** One deployment of this repository as a stack. */
export class LatchkeyStack extends Stack {
  readonly latchkey: Latchkey;

  constructor(scope: Construct, props: LatchkeyStackProps) {
    super(scope, props.stackName ?? stackNameOf(props.stageName), {
      description: "Latchkey: phone verification by one-time codes",
      terminationProtection: props.stage.production,
    });
    // CDK leaves this id out of logical ids: the stack alone names its resources.
    this.latchkey = new Latchkey(this, "Default", props);
  }
}
