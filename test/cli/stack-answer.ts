import type { Server } from "node:http";
import { listen, localUrl } from "../../local/listening.ts";

/** The settings of AWS clients that ask this server, from when it listens. */
export const clientSettings = async (server: Server) => ({
  endpoint: localUrl(await listen(server)),
  region: "eu-west-2",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
  maxAttempts: 1,
});

/** What CloudFormation answers about a stack with these outputs (AWS query protocol). */
export function stackAnswer(outputs: Readonly<Record<string, string>>): string {
  const members = Object.entries(outputs).map(
    ([key, value]) =>
      `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>x</StackName><Outputs>${members.join("")}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
}

/** What CloudFormation answers where there is no such stack. */
export const NO_STACK =
  "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id x does not exist</Message></Error></ErrorResponse>";
