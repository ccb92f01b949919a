import { ConditionalCheckFailedException, type DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** One command as it went to the table. */
export type Touch = {
  readonly pk: string;
  readonly isWrite: boolean;
  /** Capacity units: of 1 KB written, of 4 KB read. */
  readonly units: number;
  /** In which request of the mix. */
  readonly request: number;
};

export type Recorder = ReturnType<typeof record>;

/** Notes each command that the SDK sends, with the units that the engine counts for it. */
export function record(client: DynamoDBClient) {
  const touches: Touch[] = [];
  /** The units of the last write of each item: an engine reports none for a refused write. */
  const weights = new Map<string, number>();
  let request = 0;
  const refused = new Set<string>();
  const note = ({ pk, isWrite, units }: Omit<Touch, "request">): void => {
    if (isWrite) weights.set(pk, units);
    // dynalite does not return the item of a refused write, and is asked for it; DynamoDB is not.
    const isSecondLook = !isWrite && refused.delete(pk);
    if (!isSecondLook) touches.push({ pk, isWrite, units, request });
  };
  const noteRefusal = (pk: string, { Item }: ConditionalCheckFailedException): void => {
    if (Item === undefined) refused.add(pk);
    // It costs what the item weighs, all the same.
    note({ pk, isWrite: true, units: weights.get(pk) ?? 1 });
  };
  client.middlewareStack.add(
    <Args, Answer>(
      next: (args: Args) => Promise<Answer>,
      context: { readonly commandName?: string },
    ) =>
      async (args: Args): Promise<Answer> => {
        const { input } = Object(args);
        Object.assign(input, { ReturnConsumedCapacity: "TOTAL" });
        const pk = pkIn(input);
        const isWrite = context.commandName?.startsWith("Get") !== true;
        try {
          const answer = await next(args);
          note({ pk, isWrite, units: unitsIn(answer) });
          return answer;
        } catch (fault) {
          if (fault instanceof ConditionalCheckFailedException) noteRefusal(pk, fault);
          throw fault;
        }
      },
    { step: "initialize", priority: "low", name: "recorder" },
  );
  return {
    touches,
    /** From now on, everything belongs to this request. */
    begin: (next: number) => {
      request = next;
    },
    clear: () => {
      touches.length = 0;
    },
  };
}

function pkIn(input: unknown): string {
  const { Key, Item } = Object(input);
  const pk: unknown = Object(Key ?? Item).pk;
  return typeof pk === "string" ? pk : String(Object(pk).S);
}

function unitsIn(answer: unknown): number {
  return Number(Object(answer).output?.ConsumedCapacity?.CapacityUnits ?? 1);
}
