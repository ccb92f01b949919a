import {
  DynamoDBClient,
  ListTablesCommand,
  ScanCommand,
  type ScanCommandOutput,
} from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";

/** An item as it lies in the table. */
export type Row = Readonly<Record<string, unknown>>;

export type Rows = {
  /** How many items there are of each kind. */
  readonly count: () => Promise<Readonly<Record<string, number>>>;
  readonly all: () => Promise<readonly Row[]>;
  readonly stop: () => void;
};

/** Looks into the engine beside the system, page by page. */
export function openRows(endpoint: string): Rows {
  const client = new DynamoDBClient({
    endpoint,
    region: "eu-west-2",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const scan = async (projection?: string): Promise<readonly Row[]> => {
    const { TableNames: [TableName] = [] } = await client.send(new ListTablesCommand({}));
    const rows: Row[] = [];
    let page: ScanCommandOutput["LastEvaluatedKey"];
    do {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new ScanCommand({ TableName, ProjectionExpression: projection, ExclusiveStartKey: page }),
      );
      rows.push(...Items.map((item) => unmarshall(item)));
      page = LastEvaluatedKey;
    } while (page !== undefined);
    return rows;
  };
  return {
    count: async () => {
      const kinds: Record<string, number> = {};
      for (const row of await scan("pk")) kinds[kindOf(row)] = (kinds[kindOf(row)] ?? 0) + 1;
      return kinds;
    },
    all: () => scan(),
    stop: () => client.destroy(),
  };
}

/** `verification`, `number`, `scope`, `start`, `spend`, `switch`. */
export function kindOf({ pk }: Row): string {
  return String(pk).split("#")[0] ?? "";
}
