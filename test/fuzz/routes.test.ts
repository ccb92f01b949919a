import { beforeAll, describe, expect, it } from "vitest";
import { nameOf } from "../../evidence/fuzz/routes/requests.ts";
import { fuzzRoutes, type RunReport } from "../../evidence/fuzz/routes/run.ts";
import { ROUTES } from "../../infra/routes.ts";

/** `npm run fuzz` sends thousands. */
const RUNS = 1_000;
/** The same requests in every run. */
const SEED = 8;

describe(`${RUNS} requests near those of every route`, () => {
  let report: RunReport;
  beforeAll(async () => {
    report = await fuzzRoutes({ runs: RUNS, seed: SEED });
  });

  it("are answered as the API is described, with no fault, no hang, and no message but for who names its number; an honest person is served afterwards", () => {
    expect(report.failure).toBeUndefined();
    expect(report.requests).toBe(RUNS);
  });

  it("reach the function of every route in the table", () => {
    const invoked = new Set(report.invocations.keys());
    // A route of any method is reached by one of them.
    const anyOf = (path: string) => [...invoked].some((name) => name.endsWith(` ${path}`));
    const asked = ROUTES.filter((route) =>
      route.method === "ANY" ? anyOf(route.path) : invoked.has(nameOf(route)),
    );
    expect(asked.map(nameOf)).toEqual(ROUTES.map(nameOf));
  });

  it("are refused by HTTP itself in a few cases only, and some of them do send", () => {
    expect(report.beforeTheApi).toBeLessThan(RUNS / 4);
    expect(report.messages).toBeGreaterThan(10);
  });

  it("leave no code and no number in any answer, item or log line", () => {
    expect(report.scanned).toBeGreaterThan(RUNS / 4);
    expect(report.leaks).toEqual([]);
  });
});
