import { randomUUID } from "node:crypto";
import { DescribeTableCommand, type DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { afterAll, describe } from "vitest";
import { once } from "../../functions/adapters/aws/once.ts";
import { dynamoDb, type Item, openTable } from "../../functions/adapters/dynamodb/table.ts";
import { createTable, ENGINES, type EngineName, startEngine } from "../../local/engines.ts";
import { TABLE_RESOURCE } from "./engine-stores.ts";

export type EngineTable = ReturnType<typeof engineTable>;
export type RunningEngine = Awaited<ReturnType<typeof runEngine>>;

/** Enough sockets that calls side by side are so on the wire too. */
export const SOCKETS = 128;

/** A client of an engine, as deployed but for its patience. */
export const clientOf = (endpoint: string): DynamoDBClient =>
  dynamoDb({
    endpoint,
    region: "eu-west-2",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    cacheMiddleware: true,
    requestHandler: { httpAgent: { maxSockets: SOCKETS }, socketAcquisitionWarningTimeout: 60_000 },
  });

/** The engine that tests run on. `npm run judge` asks for the other one, and names the address of one that runs already. */
const { TEST_ENGINE = ENGINES[0], TEST_ENGINE_URL } = process.env;
export const ENGINE = engineNamed(TEST_ENGINE);

function engineNamed(asked: string): EngineName {
  const engine = ENGINES.find((name) => name === asked);
  if (engine === undefined) throw new Error(`TEST_ENGINE is ${ENGINES.join(" or ")}`);
  return engine;
}

/** The engine that all files of a process share, and that ends with it. */
const shared = once(() => startEngine(ENGINE));

/** `running`: the address of one that runs already, and does not end here. */
export async function runEngine(running = TEST_ENGINE_URL) {
  const engine =
    running === undefined
      ? await startEngine(ENGINE)
      : { endpoint: running, stop: async () => undefined };
  const client = clientOf(engine.endpoint);
  return {
    name: ENGINE,
    endpoint: engine.endpoint,
    async freshTable() {
      const tableName = `latchkey-${randomUUID()}`;
      await createTable(engine.endpoint, tableName, TABLE_RESOURCE);
      await active(tableName, client);
      return engineTable(tableName, client);
    },
    async stop() {
      client.destroy();
      await engine.stop();
    },
  };
}

/** dynalite, like DynamoDB, answers before a new table can be used. */
async function active(TableName: string, client: DynamoDBClient): Promise<void> {
  for (;;) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    if (Table?.TableStatus === "ACTIVE") return;
  }
}

/** An empty table of an engine, and the ways around the stores that a test needs: to look at raw items, and to write as an operator would. */
function engineTable(TableName: string, client: DynamoDBClient) {
  const table = openTable(TableName, client);
  return {
    name: TableName,
    table,
    client,
    async items(): Promise<readonly Item[]> {
      const { Items = [] } = await client.send(
        new ScanCommand({ TableName, ConsistentRead: true }),
      );
      return Items.map((item) => unmarshall(item));
    },
    put: table.put,
  };
}

/** Tests of the stores on an engine that they share. */
export function describeOnEngine(
  subject: string,
  tests: (engine: Pick<RunningEngine, "name" | "freshTable">) => void,
): void {
  describe(`${subject} on ${ENGINE}`, () => {
    const running = once(async () => runEngine(TEST_ENGINE_URL ?? (await shared()).endpoint));
    afterAll(async () => (await running()).stop());
    tests({ name: ENGINE, freshTable: async () => (await running()).freshTable() });
  });
}
