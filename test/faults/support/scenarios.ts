import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type EngineTable, runEngine } from "../../support/engine-tables.ts";
import { codeIn } from "../../support/world.ts";
import { FAULTS, ONE_OF_EACH_KIND, type Pair } from "./faults.ts";
import { brokenByAnswer, brokenInTheEnd, sharedDebt } from "./promises.ts";
import { type Answer, aRun, type Request, type Run, type Terms } from "./run.ts";

export type Scenario = {
  readonly name: string;
  readonly terms?: Terms | undefined;
  /** Of another scenario, which meets every fault. */
  readonly isVariant?: boolean;
  /** What happened before, without faults. Gives the request that meets them. */
  readonly request: (run: Run) => Promise<Request> | Request;
  /** The end without faults: a status, and the result or the problem. */
  readonly ends: string;
  /** What makes the request possible again, where it was refused. */
  readonly mend?: (run: Run) => Promise<void> | void;
  /** What must then follow from the last answer. `ids` are the verifications that are known by then. */
  readonly finish: (person: Person, answer: Answer) => Promise<readonly string[]>;
};

/** Whoever asks, and asks again under the same key as long as the answer says so. */
export type Person = {
  readonly run: Run;
  readonly ask: (request: Request) => Promise<Answer | undefined>;
  readonly insist: (request: Request) => Promise<Answer>;
  readonly broken: string[];
  readonly ids: Set<string>;
};

/** Each wait is twice the one before, as clients do; a start that died holds its key for half a minute. */
const MOST_TRIES = 10;

export function endOf({ status, body }: Answer): string {
  return [status, body["code"] ?? body["result"]].filter((part) => part !== undefined).join(" ");
}

function aPerson(run: Run): Person {
  const broken: string[] = [];
  const ids = new Set<string>();
  const proofs = new Set<string>();
  async function ask(request: Request): Promise<Answer | undefined> {
    const answer = await run.ask(request);
    if (answer === undefined) return undefined;
    run.ports.disarm();
    const { proof } = answer.body;
    for (const id of [request.id, answer.body["id"]]) if (typeof id === "string") ids.add(id);
    if (typeof proof === "string") proofs.add(`${request.id} ${proof}`);
    broken.push(...(await brokenByAnswer(run, request, answer)));
    if (proofs.size > ids.size) broken.push("two proofs of one approval");
    return answer;
  }
  async function insist(request: Request): Promise<Answer> {
    for (let tries = 1; ; tries += 1) {
      const answer = await ask(request);
      if (answer === undefined) throw new Error("nothing ends a function here");
      if (answer.status >= 500 && answer.body["code"] !== "sending-paused")
        broken.push(`not recovered: ${answer.text}`);
      const mayComeYet = answer.status >= 500 || [409, 429].includes(answer.status);
      if (!mayComeYet || answer.body["code"] === "verification-ended") return answer;
      if (tries === MOST_TRIES) return answer;
      const waitSeconds = Math.max(Number(answer.headers["retry-after"] ?? 0), 2 ** tries);
      run.world.time.now += waitSeconds * 1_000;
    }
  }
  return { run, ask, insist, broken, ids };
}

/** What is owed after a send that was not made, where the fault met no booking of a debt itself and did not end its window. */
function isDebtKnown({ route }: Request, { call, fault }: Pair): boolean {
  const isSend = route === "start" || route === "resend";
  return isSend && !call.startsWith("scopes.") && !fault.startsWith("frozen");
}

/** One request meets one fault; what it breaks, in words. */
async function suffered(scenario: Scenario, run: Run, pair: Pair): Promise<readonly string[]> {
  const person = aPerson(run);
  const { broken } = person;
  const request = await scenario.request(run);
  const debtBefore = await sharedDebt(run);
  const sentBefore = run.sent.length;
  run.ports.arm(pair);
  const met = await person.ask(request);
  run.ports.disarm();
  if (!run.ports.hasStruck()) broken.push("the fault was not met");
  if (
    met !== undefined &&
    met.status >= 500 &&
    run.sent.length === sentBefore &&
    isDebtKnown(request, pair)
  ) {
    const owed = (await sharedDebt(run)) - debtBefore;
    if (owed !== 0) broken.push(`nothing was sent, and ${owed} is owed`);
  }
  await scenario.mend?.(run);
  const answer = await person.insist(request);
  if (run.sent.length > sentBefore + 1) broken.push("two messages for one request");
  broken.push(...(await scenario.finish(person, answer)));
  broken.push(...(await brokenInTheEnd(run, [...person.ids])));
  return broken.map((words) => `${pair.call}, ${pair.fault}: ${words}`);
}

/** The code of the last message is typed; where none came, or it is not good, another one is asked for, as people do. */
export async function provenInTheEnd(person: Person, started: Answer): Promise<readonly string[]> {
  const { run } = person;
  let id = started.body["id"];
  if (typeof id !== "string") return [`no verification: ${started.text}`];
  for (let round = 1; round <= 3; round += 1) {
    const newest = run.sent.at(-1);
    if (newest !== undefined) {
      const code = codeIn(newest.text);
      const key = `check-${round}-of-the-journey`;
      const answer = await person.insist({ route: "check", id: String(id), key, body: { code } });
      if (answer.body["result"] === "approved")
        return typeof answer.body["proof"] === "string" ? [] : ["approved without a proof"];
      if (answer.body["result"] === "expired") {
        const body = { to: run.to };
        id = (await person.insist({ route: "start", key: `${key}-anew`, body })).body["id"];
        continue;
      }
    }
    const key = `resend-${round}-of-the-journey`;
    await person.insist({ route: "resend", id: String(id), key, body: {} });
  }
  return ["never proven"];
}

/** The calls of a scenario, in order, and that it ends as it should without faults. */
async function callsOf(scenario: Scenario, run: Run): Promise<readonly string[]> {
  const request = await scenario.request(run);
  run.ports.arm(undefined);
  const answer = await run.ask(request);
  const calls = [...run.ports.calls];
  run.ports.disarm();
  await scenario.mend?.(run);
  const end = answer === undefined ? "nothing" : endOf(answer);
  if (end !== scenario.ends) throw new Error(`${scenario.name} ends as ${end}: ${answer?.text}`);
  return calls;
}

/** What passes between a message leaving us and the provider taking it is the provider's time; the code's life is told with it. */
function isElsewhere({ call, fault }: Pair): boolean {
  return call.startsWith("sender.") && fault === "frozen-before";
}

/** Where another scenario of the same route meets every fault, one of each kind is enough, and the keys are the same. */
function isTried({ isVariant = false }: Scenario, pair: Pair): boolean {
  if (isElsewhere(pair)) return false;
  return !isVariant || (ONE_OF_EACH_KIND.has(pair.fault) && !pair.call.startsWith("keys."));
}

/** Each scenario with each fault at each of its calls. */
export async function describeFaults(
  subject: string,
  scenarios: readonly Scenario[],
): Promise<void> {
  const engine = await runEngine("dynalite");
  const table: EngineTable = await engine.freshTable();
  const logged: string[] = [];
  const listen = () =>
    vi.spyOn(process.stdout, "write").mockImplementation((line) => logged.push(String(line)) > 0);
  const known = new Map<string, readonly Pair[]>();
  listen();
  for (const scenario of scenarios) {
    const calls = await callsOf(scenario, aRun(table, logged, scenario.terms));
    known.set(
      scenario.name,
      calls.flatMap((call) =>
        FAULTS.map((fault) => ({ call, fault })).filter((pair) => isTried(scenario, pair)),
      ),
    );
  }
  vi.restoreAllMocks();

  describe(subject, () => {
    beforeEach(() => {
      listen();
    });
    afterEach(() => vi.restoreAllMocks());
    afterAll(() => engine.stop());
    it.each(
      scenarios
        .map((scenario) => ({ scenario, pairs: known.get(scenario.name) ?? [] }))
        .map(({ scenario, pairs }) => ({ ...scenario, pairs, count: pairs.length })),
    )("$name: all promises hold under $count pairs of call and fault", async (scenario) => {
      const broken: string[] = [];
      for (const pair of scenario.pairs) {
        logged.length = 0;
        broken.push(...(await suffered(scenario, aRun(table, logged, scenario.terms), pair)));
      }
      expect(scenario.pairs.length).toBeGreaterThan(0);
      expect(broken).toEqual([]);
    });
  });
}
