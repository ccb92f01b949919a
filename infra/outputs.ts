import { CfnOutput, Stack } from "aws-cdk-lib";
import { Construct } from "constructs";

/** The outputs of a deployed stack. The commands find a deployment by these alone. */
const OUTPUTS = {
  Name: "Starts the names of alarms, rules and roles",
  Address: "Where the API lives",
  ServerRoutes: "What a back end's role must be allowed: execute-api:Invoke on this",
  AlertTopic: "Where alarms are published; the first mail asks for a click",
  OperateFunction: "Runs the commands of operators",
  Table: "Where all items are kept",
  TwilioSecret: "Where the credentials of Twilio are put",
  TwilioAuthSecret: "Where the auth token of Twilio is put",
  ChallengeSecret: "Where the secret of the challenge is put",
  EventBus: "Where events of verifications are published",
  DomainTarget: "The CNAME record of the domain leads here",
} as const;

export type OutputName = keyof typeof OUTPUTS;

function isOutputName(name: string): name is OutputName {
  return Object.hasOwn(OUTPUTS, name);
}

/** Names each output by `prefix` and its row, in any construct. Throws if the stack has such outputs already. */
export function addOutputs(
  scope: Construct,
  prefix: string,
  values: Readonly<Record<OutputName, string | undefined>>,
): void {
  if (!/^[A-Za-z][A-Za-z0-9]*$/.test(prefix))
    throw new Error(`outputPrefix must be letters and digits, not ${JSON.stringify(prefix)}.`);
  const id = `${prefix}Outputs`;
  const stack = Stack.of(scope);
  if (stack.node.tryFindChild(id) !== undefined)
    throw new Error(
      `${stack.stackName} has outputs named ${prefix} already: give each deployment in it an outputPrefix.`,
    );
  const outputs = new Construct(stack, id);
  const describe = (name: OutputName) => {
    const value = values[name];
    if (value === undefined) return;
    const output = new CfnOutput(outputs, name, { description: OUTPUTS[name], value });
    output.overrideLogicalId(`${prefix}${name}`);
  };
  Object.keys(OUTPUTS).filter(isOutputName).forEach(describe);
}
