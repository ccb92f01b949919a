import { randomUUID } from "node:crypto";
import { DescribeTableCommand, type DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { afterAll, describe } from "vitest";
import { once } from "../../functions/adapters/aws/once.ts";
import { dynamoDb, type Item, openTable } from "../../functions/adapters/dynamodb/table.ts";
import {
  createTable,
  dynamodbLocalAvailable,
  ENGINES,
  type EngineName,
  startEngine,
} from "../../local/engines.ts";
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

/** An engine that already runs and takes the place of each other one: `npm run judge` names it. */
const FOREIGN = process.env["TEST_ENGINE_URL"];

/** The variable with the address of the DynamoDB Local that all files of a project share. */
export const SHARED = "TEST_DYNAMODB_LOCAL_URL";

/** The dynalite that all files of a process share, and that ends with it. */
const dynalite = once(() => startEngine("dynalite"));

const sharedEndpoint = async (name: EngineName): Promise<string | undefined> =>
  FOREIGN ?? (name === "dynalite" ? (await dynalite()).endpoint : process.env[SHARED]);

/** `running`: the address of one that runs already, and does not end here. */
export async function runEngine(name: EngineName, running = FOREIGN) {
  const engine =
    running === undefined
      ? await startEngine(name)
      : { endpoint: running, stop: async () => undefined };
  const client = clientOf(engine.endpoint);
  return {
    name,
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

/** Why an engine cannot run here, if it cannot. Where everything must be shown, that is a fault and no reason to skip. */
export async function missing(name: EngineName): Promise<string | undefined> {
  const isRunning = name === "dynalite" || (FOREIGN ?? process.env[SHARED]) !== undefined;
  const available = isRunning || (await dynamodbLocalAvailable());
  if (available === true) return undefined;
  if (process.env["CI"] === "true") throw new Error(available);
  return available;
}

/** The engines that tests are to run on, where not on all: a search for mutants asks only the fastest. */
const ASKED = process.env["TEST_ENGINES"]?.split(",");
export const isAsked = (name: EngineName): boolean => ASKED?.includes(name) ?? true;

/** The same tests on every engine. One that cannot run here is skipped; its title has the reason. */
export async function describeOnEngines(
  subject: string,
  tests: (engine: Pick<RunningEngine, "name" | "freshTable">) => void,
): Promise<void> {
  for (const name of ENGINES.filter(isAsked)) {
    const reason = await missing(name);
    const title = reason === undefined ? name : `${name}, skipped: ${reason}`;
    describe.skipIf(reason !== undefined)(`${subject} on ${title}`, () => {
      const running = once(async () => runEngine(name, await sharedEndpoint(name)));
      afterAll(async () => (await running()).stop());
      tests({ name, freshTable: async () => (await running()).freshTable() });
    });
  }
}
