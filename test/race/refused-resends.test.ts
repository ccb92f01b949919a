import { expect, it } from "vitest";
import { check } from "../../functions/verification/check.ts";
import { keyOf } from "../../functions/verification/identifiers.ts";
import { resend } from "../../functions/verification/resend.ts";
import { start } from "../../functions/verification/start.ts";
import { aStart, idIn, newestCode, someDeps } from "../support/deps.ts";

it("a resend that comes as another one gives up finds everything as it was, and so does the next", async () => {
  const deps = someDeps();
  const outcome = await start(deps, aStart());
  if (outcome.kind !== "started") throw new Error(outcome.why);
  const id = idIn(outcome.view.id);
  const before = await deps.verifications.read(keyOf(id));
  deps.time.now += 30_000;
  deps.provider.outcome = "refused";
  let others = 3;
  const numbers: typeof deps.numbers = {
    ...deps.numbers,
    async returnTurn(...turn) {
      await deps.numbers.returnTurn(...turn);
      others -= 1;
      if (others > 0) await resend({ ...deps, numbers }, { id });
    },
  };
  await resend({ ...deps, numbers }, { id });
  expect(others).toBe(0);
  expect(await deps.verifications.read(keyOf(id))).toEqual(before);
  expect(await check(deps, { id, code: newestCode(deps) })).toMatchObject({ result: "approved" });
});
