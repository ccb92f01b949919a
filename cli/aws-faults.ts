import { CommandFault } from "./terminal.ts";

/** A sentence with the remedy for each error of AWS, by its name. Services of the query protocol, such as CloudFormation, have names of their own. */
const WORDS: Readonly<Record<string, string>> = {
  CredentialsProviderError:
    "There are no AWS credentials. Sign in (aws sso login), or set AWS_PROFILE, and try again.",
  ExpiredToken: "The AWS credentials have run out. Sign in again.",
  UnrecognizedClient: "AWS does not know these credentials. Is it the right profile?",
  InvalidClientTokenId: "AWS does not know these credentials. Is it the right profile?",
  InvalidSignature: "AWS does not accept these credentials. Is the clock right?",
  SignatureDoesNotMatch: "AWS does not accept these credentials. Is the clock right?",
  AccessDenied:
    "These AWS credentials may not do that. docs/operate/commands.md lists the rights of an operator.",
};

/** Runs a call to AWS. Turns an error that the operator can fix into a `CommandFault`. */
export async function asking<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (fault) {
    throw mendable(fault);
  }
}

function mendable(fault: unknown): unknown {
  if (!(fault instanceof Error) || fault instanceof CommandFault) return fault;
  if (fault.message.startsWith("Region is missing"))
    return new CommandFault("There is no AWS region. Set AWS_REGION, or one in your profile.");
  if ("hostname" in fault)
    return new CommandFault(
      `There is no way to ${String(fault.hostname)}. Is the AWS region right, and is there a network?`,
    );
  const name = fault.name.replace(/Exception$/, "");
  return Object.hasOwn(WORDS, name) ? new CommandFault(WORDS[name]) : fault;
}
