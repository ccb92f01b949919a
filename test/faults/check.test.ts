import { verificationItem } from "../model/answers.ts";
import type { Person } from "./support/person.ts";
import type { Answer, Request, Run } from "./support/run.ts";
import { describeFaults, endOf, type Scenario } from "./support/scenarios.ts";
import { newestCodeOf, startedId, wrongCodeOf } from "./support/started.ts";

const KEY = "a4c1b7de-0f55-4b86-8f0e-2f6f0d6a9a31";

async function right(run: Run): Promise<Request> {
  const id = await startedId(run);
  return { route: "check", key: KEY, id, body: { code: newestCodeOf(run) } };
}

async function wrong(run: Run): Promise<Request> {
  const id = await startedId(run);
  return { route: "check", key: KEY, id, body: { code: wrongCodeOf(run) } };
}

/** The approval is told again under its key, with its proof: `Person` holds all proofs to be one. */
async function provenAgain(person: Person, answer: Answer): Promise<readonly string[]> {
  const [id = ""] = person.ids;
  const body = { code: newestCodeOf(person.run) };
  const again = await person.insist({ route: "check", key: KEY, id, body });
  return [answer, again].flatMap(({ status, body: { result, proof }, text }) =>
    status === 200 && result === "approved" && typeof proof === "string"
      ? []
      : [`no approval: ${text}`],
  );
}

/** However often it was asked, the wrong guess counts once, and the right one still approves. */
async function countedOnce(person: Person, answer: Answer): Promise<readonly string[]> {
  const { run } = person;
  const [id = ""] = person.ids;
  const { checks } = { ...(await verificationItem(run, id)) };
  const body = { code: newestCodeOf(run) };
  const approved = await person.insist({ route: "check", key: `${KEY}-right`, id, body });
  return [
    ...(endOf(answer) === "200 incorrect" ? [] : [`told as ${answer.text}`]),
    ...(checks === 1 ? [] : [`counted ${checks} times`]),
    ...(typeof approved.body["proof"] === "string" ? [] : [`no approval: ${approved.text}`]),
  ];
}

/** As without faults. */
function ending(end: string) {
  return async (_: Person, answer: Answer): Promise<readonly string[]> =>
    endOf(answer) === end ? [] : [`ended as ${answer.text}`];
}

const SCENARIOS: readonly Scenario[] = [
  { name: "a right code", ends: "200 approved", request: right, finish: provenAgain },
  { name: "a wrong code", ends: "200 incorrect", request: wrong, finish: countedOnce },
  {
    name: "a right code that is sent again",
    from: "verifications.check 1",
    ends: "200 approved",
    request: async (run) => {
      const request = await right(run);
      await run.ask(request);
      return request;
    },
    finish: provenAgain,
  },
  {
    name: "a sixth guess",
    from: "verifications.check 1",
    ends: "200 exhausted",
    request: async (run) => {
      const id = await startedId(run);
      for (const step of [1, 2, 3, 4, 5])
        await run.ask({ route: "check", id, body: { code: wrongCodeOf(run, step) } });
      return { route: "check", key: KEY, id, body: { code: newestCodeOf(run) } };
    },
    finish: ending("200 exhausted"),
  },
  {
    name: "a show",
    ends: "200",
    request: async (run) => ({ route: "show", id: await startedId(run) }),
    finish: ending("200"),
  },
  {
    name: "a cancel",
    ends: "204",
    request: async (run) => ({ route: "cancel", id: await startedId(run) }),
    finish: ending("204"),
  },
];

await describeFaults("a check, a show and a cancel", SCENARIOS);
