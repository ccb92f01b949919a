import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

type Around = <Answer>(
  command: string | undefined,
  exchange: () => Promise<Answer>,
) => Promise<Answer>;

const NAME = "around-each-request";

/** Does `work` with `around` about each request on the wire, below the SDK's retries: what it throws looks to the SDK like the network. */
export async function onTheWire<Result>(
  client: DynamoDBDocumentClient,
  around: Around,
  work: () => Promise<Result>,
): Promise<Result> {
  client.middlewareStack.addRelativeTo(
    <Args, Answer>(
      next: (args: Args) => Promise<Answer>,
      context: { readonly commandName?: string },
    ) =>
      (args: Args) =>
        around(context.commandName, () => next(args)),
    { name: NAME, relation: "after", toMiddleware: "retryMiddleware" },
  );
  try {
    return await work();
  } finally {
    client.middlewareStack.remove(NAME);
  }
}
