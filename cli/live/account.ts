import { DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { asking } from "../aws-faults.ts";
import { type Finding, faultsOf } from "../checklist/question.ts";
import type { Answer } from "../checklist/words.ts";
import { answerOne, LIVE_QUESTIONS } from "./live.ts";
import type { LiveDeps, LiveQuestion } from "./question.ts";

const TOPIC = "The account, before a deployment";

/** Questions of the live checklist that need no deployment. */
const BEFORE: readonly string[] = ["room", "trail", "domain"];

const ACCOUNT_QUESTIONS: readonly LiveQuestion[] = [
  {
    id: "bootstrap",
    topic: TOPIC,
    asks: "Do the AWS credentials work, and is the region prepared for CDK?",
    find: bootstrap,
  },
  ...LIVE_QUESTIONS.filter(({ id }) => BEFORE.includes(id)).map((one) => ({
    ...one,
    topic: TOPIC,
  })),
];

/** Asks about the account, as far as it can be asked before there is a stack. */
export async function answerAccount(deps: LiveDeps): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (const question of ACCOUNT_QUESTIONS) answers.push(await answerOne(deps, question));
  return answers;
}

async function bootstrap({ aws, region }: LiveDeps): Promise<Finding> {
  const asked = new DescribeStacksCommand({ StackName: "CDKToolkit" });
  const status = await asking(() => aws.stack.send(asked)).then(
    ({ Stacks: [stack] = [] }) => stack?.StackStatus ?? "unknown",
    (fault: unknown) => {
      if (fault instanceof Error && /does not exist/.test(fault.message)) return "not there";
      throw fault;
    },
  );
  return {
    value: `region ${await region()}; CDK's bootstrap stack is ${status}`,
    faults: faultsOf({
      "prepare the region once: npx cdk bootstrap": !/^(CREATE|UPDATE)_COMPLETE$/.test(status),
    }),
  };
}
