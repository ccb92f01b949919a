import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { expect, it } from "vitest";
import { switchOperations } from "../../functions/adapters/dynamodb/sending-switch.ts";
import { type Checked, check } from "../../functions/verification/check.ts";
import type { VerificationId } from "../../functions/verification/identifiers.ts";
import { resend } from "../../functions/verification/resend.ts";
import { start } from "../../functions/verification/start.ts";
import { aStart, type Deps, otherThan, someDeps, started } from "../support/deps.ts";
import { engineStores } from "../support/engine-stores.ts";
import { describeOnEngine, type EngineTable } from "../support/engine-tables.ts";
import { onTheWire } from "../support/wire.ts";

/** Throws away the answer to the first write that was done, as a broken connection would, so that the SDK asks again. */
async function losing<Result>(
  client: DynamoDBClient,
  write: string,
  work: () => Promise<Result>,
): Promise<Result> {
  let lost = 0;
  const losingOne = async <Answer>(operation: string, exchange: () => Promise<Answer>) => {
    const answer = await exchange();
    if (operation !== write || lost > 0) return answer;
    lost += 1;
    throw Object.assign(new Error("the connection broke"), { name: "TimeoutError" });
  };
  const result = await onTheWire(client, losingOne, work);
  expect(lost).toBe(1);
  return result;
}

async function startedDeps({ table }: EngineTable) {
  const deps: Deps = someDeps(engineStores(table, () => deps.time.now));
  return { deps, ...(await started(deps)) };
}

async function resultOf(deps: Deps, id: VerificationId, code: string): Promise<Checked["result"]> {
  const outcome = await check(deps, { id, code });
  if (outcome.kind !== "checked") throw new Error(outcome.why);
  return outcome.result;
}

describeOnEngine("a write that was done and whose answer got lost", ({ freshTable }) => {
  it("is the approval of a right code, with all that follows", async () => {
    const table = await freshTable();
    const { deps, id, code } = await startedDeps(table);
    const checked = () => resultOf(deps, id, code);
    expect(await losing(table.client, "UpdateItem", checked)).toBe("approved");
    expect(deps.approvedMessages).toHaveLength(1);
  });

  it("is one counted failure of a wrong code, booked on the number", async () => {
    const table = await freshTable();
    const { deps, id, code } = await startedDeps(table);
    const checked = () => resultOf(deps, id, otherThan(code));
    expect(await losing(table.client, "UpdateItem", checked)).toBe("incorrect");
    const items = await table.items();
    expect(items.find(({ pk }) => String(pk).startsWith("number#"))).toMatchObject({ failures: 1 });
    expect(items.find(({ pk }) => String(pk).startsWith("verification#"))).toMatchObject({
      checks: 1,
    });
  });

  it("is a fault where its answer is to name what it removed", async () => {
    const { client, table } = await freshTable();
    const { pause, resume } = switchOperations(table);
    await pause("an outage", 0);
    await expect(losing(client, "UpdateItem", resume)).rejects.toThrow("what it removed is");
    expect(await resume()).toBeUndefined();
  });

  it("is a resend that sends its message, once", async () => {
    const table = await freshTable();
    const { deps, id } = await startedDeps(table);
    deps.time.now += 30_000;
    // The first write of a resend is the number's turn: it too is known as its own.
    const outcome = await losing(table.client, "UpdateItem", () => resend(deps, { id }));
    expect(outcome).toMatchObject({ kind: "resent", view: { delivery: "queued" } });
    expect(deps.messages).toHaveLength(2);
  });

  it.each(["UpdateItem", "PutItem"])(
    "is a start that sends its message, once (%s)",
    async (write) => {
      const table = await freshTable();
      const deps: Deps = someDeps(engineStores(table.table, () => deps.time.now));
      const request = aStart({ idempotencyKey: "5f0d2c1e-8f1a-4f7b-9c57-0d7c3f1f7f11" });
      expect(await losing(table.client, write, () => start(deps, request))).toMatchObject({
        kind: "started",
      });
      expect(deps.messages).toHaveLength(1);
    },
  );
});
