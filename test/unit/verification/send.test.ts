import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { cachingNumbers, cachingScopes } from "../../../functions/adapters/dynamodb/caching.ts";
import { LIMITS } from "../../../functions/policy/limits.ts";
import { mac } from "../../../functions/verification/code.ts";
import { resend } from "../../../functions/verification/resend.ts";
import { start } from "../../../functions/verification/start.ts";
import { issueTicket } from "../../../functions/verification/ticket.ts";
import {
  aChallenge,
  aStart,
  type Deps,
  fictionalNumber,
  NOON,
  someDeps,
  started,
  TEST_SCOPES,
} from "../../support/deps.ts";
import type { Stores } from "../../support/engine-stores.ts";
import { memoryStores } from "../../support/memory-stores.ts";

const STORES = ["verifications", "numbers", "scopes", "claims", "spend"] as const;
const KEY = "5f0d2c1e-8f1a-4f7b-9c57-0d7c3f1f7f11";

type Call = { readonly name: string; readonly go: () => void };

/** The stores, each call of which is passed to `called`, and goes on when that says so. */
function calling(stores: Stores, called: (call: Call) => void): Stores {
  const wrapped = STORES.map((store) => [
    store,
    new Proxy(stores[store], {
      get(target, method: string) {
        const value: unknown = Reflect.get(target, method);
        if (typeof value !== "function" || method === "recall") return value;
        return (...given: readonly unknown[]) =>
          new Promise((resolve) => {
            const go = () => resolve(Reflect.apply(value, target, given));
            called({ name: `${store}.${method}`, go });
          });
      },
    }),
  ]);
  return { ...stores, ...Object.fromEntries(wrapped) };
}

/** What is asked of the table before the message is out, round by round: what is asked in one round is asked side by side. */
async function roundsOf(stores: Stores, work: (deps: Deps) => Promise<{ readonly kind: string }>) {
  const rounds: string[][] = [];
  let waiting: Call[] = [];
  const deps = someDeps(calling(stores, (call) => waiting.push(call)));
  deps.time.now += 30_000;
  const working = work(deps);
  for (await turn(); deps.messages.length === 0; await turn()) {
    const round = waiting;
    waiting = [];
    rounds.push(round.map(({ name }) => name).toSorted());
    for (const { go } of round) go();
  }
  for (; waiting.length > 0; await turn()) for (const { go } of waiting.splice(0)) go();
  return { rounds, kind: (await working).kind };
}

describe("before its message", () => {
  it("a start asks the table in three rounds, and takes the number's turn in the last", async () => {
    const begun = (deps: Deps) => start(deps, aStart({ idempotencyKey: KEY }));
    expect(await roundsOf(memoryStores(), begun)).toEqual({
      kind: "started",
      rounds: [
        ["claims.claim", "numbers.read", "scopes.add"],
        ["scopes.add", "spend.reserve"],
        ["numbers.takeTurn", "verifications.create"],
      ],
    });
  });

  it("a resend reads its verification first and stores the code last, while it holds the turn", async () => {
    const stores = memoryStores();
    const { id } = await started(someDeps(stores));
    const again = (deps: Deps) => resend(deps, { id, clientAddress: "192.0.2.1" });
    expect(await roundsOf(stores, again)).toEqual({
      kind: "resent",
      rounds: [
        ["verifications.read"],
        ["numbers.read", "scopes.add"],
        ["scopes.add", "spend.reserve"],
        ["numbers.takeTurn"],
        ["verifications.resend"],
      ],
    });
  });
});

describe("a number is held by nothing", () => {
  it("while a challenge is asked about: its owner is served meanwhile", async () => {
    const deps = someDeps();
    const limits = { ...TEST_SCOPES.limits, service: { ...TEST_SCOPES.limits.service, max: 4 } };
    const { terms } = aChallenge("under-pressure");
    const asked: string[] = [];
    const verify = ({ token }: { readonly token: string }) => {
      asked.push(token);
      return new Promise<never>(() => undefined);
    };
    const pressed = {
      ...deps,
      scopeTerms: { ...deps.scopeTerms, limits },
      challenge: { terms, verifier: { verify } },
    };
    await start(pressed, aStart({ to: fictionalNumber(1) }));
    const worthless = aStart({ challengeToken: "worthless", clientAddress: "198.51.100.1" });
    const trying = start(pressed, worthless);
    await Promise.race([trying, turn()]);
    expect(asked).toEqual(["worthless"]);
    expect((await start(deps, aStart({ clientAddress: "203.0.113.7" }))).kind).toBe("started");
  });

  it("where many ask for it with its ticket: it is read twice, and nothing that others share is written", async () => {
    const calls: string[] = [];
    const stores = calling(memoryStores(), ({ name, go }) => {
      calls.push(name);
      go();
    });
    const plain = someDeps(stores);
    const deps = {
      ...plain,
      numbers: cachingNumbers(stores.numbers, plain.clock, LIMITS),
      scopes: cachingScopes(stores.scopes, plain.clock),
    };
    const index = await deps.keys.index();
    const number = mac(index, ["number", fictionalNumber()]);
    const ticket = issueTicket(index, number, NOON - 86_400_000);
    await start(deps, aStart({ ticket }));
    calls.length = 0;
    for (let one = 0; one < 300; one += 1) {
      deps.time.now += 1;
      expect(await start(deps, aStart({ ticket }))).toMatchObject({ why: "too-many-sends" });
    }
    const countOf = (name: string) => calls.filter((call) => call === name).length;
    expect(new Set(calls)).toEqual(new Set(["numbers.read", "scopes.add"]));
    expect([countOf("numbers.read"), countOf("scopes.add")]).toEqual([2, 300]);
  });
});
