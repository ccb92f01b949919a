import { expect, it } from "vitest";
import { check } from "../../functions/verification/check.ts";
import { keyOf } from "../../functions/verification/identifiers.ts";
import { resend } from "../../functions/verification/resend.ts";
import { start } from "../../functions/verification/start.ts";
import { aStart, aWorld, idIn, newestCode } from "../support/world.ts";

it("a resend that comes as another one gives up finds everything as it was, and so does the next", async () => {
  const world = aWorld();
  const outcome = await start(world, aStart());
  if (outcome.kind !== "started") throw new Error(outcome.why);
  const id = idIn(outcome.view.id);
  const before = await world.verifications.read(keyOf(id));
  world.time.now += 30_000;
  world.provider.outcome = "refused";
  let others = 3;
  const numbers: typeof world.numbers = {
    ...world.numbers,
    async returnTurn(number, turn) {
      await world.numbers.returnTurn(number, turn);
      others -= 1;
      if (others > 0) await resend({ ...world, numbers }, { id });
    },
  };
  await resend({ ...world, numbers }, { id });
  expect(others).toBe(0);
  expect(await world.verifications.read(keyOf(id))).toEqual(before);
  expect(await check(world, { id, code: newestCode(world) })).toMatchObject({ result: "approved" });
});
