import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Item } from "../../../functions/adapters/dynamodb/table.ts";
import { brokenInTheEnd, sharedUnverified } from "../../model/answers.ts";
import { FAULTS, ONE_OF_EACH_KIND, type Pair } from "./faults.ts";
import { aPerson, type Person } from "./person.ts";
import { type Answer, aRun, type Request, type Run, type Terms } from "./run.ts";

export type Scenario = {
  readonly name: string;
  readonly terms?: Terms;
  /** The first call that differs from another scenario of the same route: what comes before meets its faults there, and one of each kind is enough here. */
  readonly from?: string;
  /** What happened before, without faults. Gives the request that meets them. */
  readonly request: (run: Run) => Promise<Request> | Request;
  /** The end without faults: a status, and the result or the problem. */
  readonly ends: string;
  /** What makes the request possible again, where it was refused. */
  readonly mend?: (run: Run) => Promise<void> | void;
  /** What must then follow from the last answer; what does not, in words. */
  readonly finish: (person: Person, answer: Answer) => Promise<readonly string[]>;
};

export function endOf({ status, body }: Answer): string {
  return [status, body["code"] ?? body["result"]].filter((part) => part !== undefined).join(" ");
}

/** One request meets one fault; what it breaks, in words. */
async function suffered(scenario: Scenario, run: Run, pair: Pair): Promise<readonly string[]> {
  const person = aPerson(run);
  const request = await scenario.request(run);
  const before = { unverified: await sharedUnverified(run), sent: run.sent.length };
  run.ports.arm(pair);
  const met = await person.ask(request);
  run.ports.disarm();
  const isUnsent = met !== undefined && met.status >= 500 && run.sent.length === before.sent;
  const unverifiedIn = (await sharedUnverified(run)) - before.unverified;
  await scenario.mend?.(run);
  const answer = await person.insist(request);
  const isTwice = run.sent.length > before.sent + 1;
  const unfinished = await scenario.finish(person, answer);
  return [
    ...(run.ports.hasStruck() ? [] : ["the fault was not met"]),
    ...(isUnsent && isCountKnown(request, pair) && unverifiedIn !== 0
      ? [`nothing was sent, and ${unverifiedIn} is owed`]
      : []),
    ...(isTwice ? ["two messages for one request"] : []),
    ...unfinished,
    ...person.broken,
    ...(await brokenInTheEnd(run, [...person.ids])),
  ].map((words) => `${pair.call}, ${pair.fault}: ${words}`);
}

const COUNTING = /^(?:scopes\.|spend\.(?:reserve|decrement) )/;

/** What is owed after a send that was not made, where the fault met no booking of an unverified send itself and did not end its window. */
function isCountKnown({ route }: Request, { call, fault }: Pair): boolean {
  const isSend = route === "start" || route === "resend";
  return isSend && !COUNTING.test(call) && !fault.startsWith("frozen");
}

/** The calls of a scenario, in order, and that it ends as it should without faults. */
async function pairsOf(scenario: Scenario, run: Run): Promise<readonly Pair[]> {
  const request = await scenario.request(run);
  run.ports.arm(undefined);
  const answer = await run.ask(request);
  const calls = [...run.ports.calls];
  run.ports.disarm();
  await scenario.mend?.(run);
  const end = answer === undefined ? "nothing" : endOf(answer);
  if (end !== scenario.ends) throw new Error(`${scenario.name} ends as ${end}: ${answer?.text}`);
  const { from } = scenario;
  if (from !== undefined && !calls.includes(from)) throw new Error(`${scenario.name}: no ${from}`);
  const differing = from === undefined ? calls : calls.slice(calls.indexOf(from));
  const faults =
    from === undefined ? FAULTS : FAULTS.filter((fault) => ONE_OF_EACH_KIND.has(fault));
  return differing
    .flatMap((call) => faults.map((fault) => ({ call, fault })))
    .filter((pair) => !isElsewhere(pair));
}

/** What passes between a message leaving us and the provider taking it is the provider's time; the code's life is told with it. */
function isElsewhere({ call, fault }: Pair): boolean {
  return call.startsWith("sender.") && fault === "frozen-before";
}

/** Each scenario with each fault at each of its calls. */
export async function describeFaults(
  subject: string,
  scenarios: readonly Scenario[],
): Promise<void> {
  const items = new Map<string, Item>();
  const logged: string[] = [];
  const listen = () =>
    vi.spyOn(process.stdout, "write").mockImplementation((line) => logged.push(String(line)) > 0);
  listen();
  const rows: { name: string; count: number; scenario: Scenario; pairs: readonly Pair[] }[] = [];
  for (const scenario of scenarios) {
    const pairs = await pairsOf(scenario, aRun(items, logged, scenario.terms));
    rows.push({ name: scenario.name, count: pairs.length, scenario, pairs });
  }
  vi.restoreAllMocks();

  describe(subject, () => {
    beforeEach(() => {
      listen();
    });
    afterEach(() => vi.restoreAllMocks());
    it.each(rows)(
      "$name keeps all promises under $count pairs of a call and a fault",
      async ({ scenario, pairs }) => {
        const broken: string[] = [];
        for (const pair of pairs) {
          logged.length = 0;
          broken.push(...(await suffered(scenario, aRun(items, logged, scenario.terms), pair)));
        }
        expect(pairs.length).toBeGreaterThan(0);
        expect(broken).toEqual([]);
      },
    );
  });
}
