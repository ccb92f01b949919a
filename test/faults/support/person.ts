import { brokenByAnswer } from "../../model/answers.ts";
import type { Answer, Request, Run } from "./run.ts";

export type Person = ReturnType<typeof aPerson>;

/** Each wait is twice the one before, as clients do; a start that died holds its key for half a minute. */
const MOST_TRIES = 10;

/** A caller that repeats a request under the same key as long as the answer asks for it. */
export function aPerson(run: Run) {
  const broken: string[] = [];
  const ids = new Set<string>();
  const proofs = new Map<string, unknown>();

  /** Nothing where the function was ended. */
  async function ask(request: Request): Promise<Answer | undefined> {
    const answer = await run.ask(request);
    run.ports.disarm();
    if (answer === undefined) return undefined;
    for (const id of [request.id, answer.body["id"]]) if (typeof id === "string") ids.add(id);
    broken.push(...(await brokenByAnswer(run, request, answer)), ...secondProof(request, answer));
    return answer;
  }

  /** However often it is asked for, the proof of an approval is one. */
  function secondProof({ id = "" }: Request, { body: { proof } }: Answer): readonly string[] {
    if (proof === undefined) return [];
    const first = proofs.get(id) ?? proof;
    proofs.set(id, first);
    return proof === first ? [] : ["two proofs of one approval"];
  }

  async function insist(request: Request, tries = 1): Promise<Answer> {
    const answer = await ask(request);
    if (answer === undefined) throw new Error("nothing ends a function here");
    if (isFault(answer)) broken.push(`not recovered: ${answer.text}`);
    if (isFinal(answer) || tries === MOST_TRIES) return answer;
    const waitSeconds = Math.max(Number(answer.headers["retry-after"] ?? 0), 2 ** tries);
    run.deps.time.now += waitSeconds * 1_000;
    return insist(request, tries + 1);
  }

  // What was broken on the way, in words, and the verifications that are known by now.
  return { run, ask, insist, broken, ids };
}

/** After one fault the very next request works, in the same container. A pause is no fault. */
function isFault({ status, body }: Answer): boolean {
  return status >= 500 && body["code"] !== "sending-paused";
}

function isFinal({ status, body }: Answer): boolean {
  if (body["code"] === "verification-ended") return true;
  return status < 500 && status !== 409 && status !== 429;
}

const MOST_ROUNDS = 3;

/** The code of the last message is typed; where none came, or it is not good, another one is asked for, as people do. */
export async function provenInTheEnd(person: Person, started: Answer): Promise<readonly string[]> {
  let id = String(started.body["id"]);
  if (started.body["id"] === undefined) return [`no verification: ${started.text}`];
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    const answer = await typed(person, id, round);
    const { result, proof } = { ...answer?.body };
    if (result === "approved") return typeof proof === "string" ? [] : ["approved without a proof"];
    id = await askedAgain(person, id, { round, isOver: result === "expired" });
  }
  return ["never proven"];
}

/** Nothing where no message came that could be typed off. */
async function typed(person: Person, id: string, round: number): Promise<Answer | undefined> {
  const code = person.run.sent.at(-1)?.code;
  if (code === undefined) return undefined;
  const key = `check-${round}-of-the-journey`;
  return person.insist({ route: "check", id, key, body: { code } });
}

async function askedAgain(
  person: Person,
  id: string,
  { round, isOver }: { readonly round: number; readonly isOver: boolean },
): Promise<string> {
  const key = `again-${round}-in-the-journey`;
  if (!isOver) {
    await person.insist({ route: "resend", id, key, body: {} });
    return id;
  }
  const anew = await person.insist({ route: "start", key, body: { to: person.run.to } });
  return String(anew.body["id"]);
}
