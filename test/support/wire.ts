import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";

type Around = <Answer>(operation: string, exchange: () => Promise<Answer>) => Promise<Answer>;

/** Does `work` with `around` about each request on the wire, below the SDK's retries: what it throws looks to the SDK like the network. */
export async function onTheWire<Result>(
  { config: { requestHandler } }: DynamoDBClient,
  around: Around,
  work: () => Promise<Result>,
): Promise<Result> {
  const { handle } = requestHandler;
  requestHandler.handle = (request, options) => {
    const operation = String(request.headers["x-amz-target"]).replace(/^.*\./, "");
    return around(operation, () => handle.call(requestHandler, request, options));
  };
  try {
    return await work();
  } finally {
    requestHandler.handle = handle;
  }
}
