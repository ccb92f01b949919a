import { guessOf } from "../../functions/verification/code.ts";
import { isVerificationId, keyOf } from "../../functions/verification/identifiers.ts";
import { sealCall } from "../../functions/verification/tokens.ts";
import { verificationItem } from "../model/answers.ts";
import { everyChannel } from "../support/deps.ts";
import { type Person, provenInTheEnd } from "./support/person.ts";
import type { Answer, Request, Run } from "./support/run.ts";
import { describeFaults, endOf, type Scenario } from "./support/scenarios.ts";
import { startedId } from "./support/started.ts";

/** A stage that tries WhatsApp by itself where an SMS failed. */
const TERMS = { channels: everyChannel(["sms", "whatsapp"], "automatic") };

/** The provider tells that the message of a start failed. */
async function failed(run: Run): Promise<Request> {
  await startedId(run);
  return { route: "report", token: run.sent.at(-1)?.reportToken };
}

async function failedAndKnown(run: Run): Promise<Request> {
  const id = await startedId(run);
  run.deps.time.now += 1_000;
  await run.ask({ route: "report", token: run.sent.at(-1)?.reportToken });
  return { route: "step", id };
}

async function called(run: Run): Promise<Request> {
  const id = await startedId(run);
  if (!isVerificationId(id)) throw new Error("no id");
  const { keys, keyEpoch, time } = run.deps;
  const spoken = run.sent.at(-1)?.code ?? "";
  const code = guessOf(await keys.code(keyEpoch), id, spoken);
  const token = await sealCall(run.deps, {
    key: keyOf(id),
    code,
    spoken,
    locale: "en-GB",
    until: time.now + 120_000,
  });
  return { route: "speak", token };
}

/** No news sends anything, and the note of it is not lost. */
async function noted({ run }: Person, answer: Answer): Promise<readonly string[]> {
  return [
    ...(endOf(answer) === "204" ? [] : [`told as ${answer.text}`]),
    ...(run.sent.length === 1 ? [] : [`${run.sent.length} messages`]),
    ...(run.deps.redacted.length > 0 ? [] : ["not redacted"]),
  ];
}

/** One step, however often it is asked for; and where it was lost, the person asks for it. */
async function steppedOnce(person: Person, answer: Answer): Promise<readonly string[]> {
  const { run } = person;
  const [id = ""] = person.ids;
  const { checks } = { ...(await verificationItem(run, id)) };
  return [
    ...(answer.status === 200 ? [] : [`told as ${answer.text}`]),
    ...(checks === 0 ? [] : [`${checks} checks`]),
    ...(await provenInTheEnd(person, { ...answer, body: { id } })),
  ];
}

const SCENARIOS: readonly Scenario[] = [
  { name: "news of a failed message", terms: TERMS, ends: "204", request: failed, finish: noted },
  {
    name: "a step of a plan",
    from: "numbers.replaceTurn 1",
    terms: TERMS,
    ends: "200 resent",
    request: failedAndKnown,
    finish: steppedOnce,
  },
  {
    name: "a call that asks for its code",
    terms: TERMS,
    // Over after four minutes in the ice, and spoken before.
    ends: "200",
    request: called,
    finish: async (_, answer) => (endOf(answer) === "200" ? [] : [`told as ${answer.text}`]),
  },
];

await describeFaults("what Twilio calls back", SCENARIOS);
