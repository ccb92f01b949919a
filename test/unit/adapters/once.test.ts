import { expect, it } from "vitest";
import { once } from "../../../functions/adapters/aws/once.ts";

/** Gives what each call is told to give, in order. */
function working(...ends: readonly (() => Promise<string>)[]) {
  let calls = 0;
  const work = once(() => {
    calls += 1;
    return ends[calls - 1]?.() ?? Promise.reject(new Error("asked too often"));
  });
  return { work, calls: () => calls };
}

const fails = () => Promise.reject(new Error("no answer"));
const works = () => Promise.resolve("known");

it("what worked is done once, however many ask", async () => {
  const { work, calls } = working(works);
  expect(await Promise.all([work(), work()])).toEqual(["known", "known"]);
  expect(await work()).toBe("known");
  expect(calls()).toBe(1);
});

it("what failed is asked for again by the next caller", async () => {
  const { work, calls } = working(fails, works);
  await expect(work()).rejects.toThrow("no answer");
  expect(await work()).toBe("known");
  expect(calls()).toBe(2);
});

it("callers that joined a failed call make one call of their own, together", async () => {
  const { work, calls } = working(fails, works);
  const first = work();
  const joined = [work(), work()];
  await expect(first).rejects.toThrow("no answer");
  expect(await Promise.all(joined)).toEqual(["known", "known"]);
  expect(calls()).toBe(2);
});
