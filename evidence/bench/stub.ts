import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { APIGatewayProxyEvent } from "aws-lambda";
import * as v from "valibot";
import { environments, type Places } from "../../infra/environments.ts";
import { STAGES } from "../../infra/stages.ts";
import { PUBLIC_URL } from "../../test/support/callbacks.ts";
import { LOOPBACK } from "../../test/support/loopback-certificate.ts";
import { BENCH_FOLDER } from "./builds.ts";

/** What can be asked of the functions that are measured. */
const EVENT_NAMES = [
  "start",
  "dearestStart",
  "resend",
  "wrong",
  "right",
  "show",
  "cancel",
  "delivery",
] as const;
export type EventName = (typeof EVENT_NAMES)[number];

export type StubReport = {
  readonly url: string;
  readonly events: Readonly<Record<EventName, APIGatewayProxyEvent>>;
};

export type Stub = {
  /** A file with each event. */
  readonly eventFile: (name: EventName) => string;
  /** The variables of each function, with everything that it asks at the stub. */
  readonly environmentOf: (name: keyof ReturnType<typeof environments>) => Variables;
  /** Where everything is, for a program that is none of our functions. */
  readonly surroundings: Variables;
  /** The requests to the stub while `work` is done, in the order of their arrival. */
  readonly listen: (work: () => Promise<unknown>) => Promise<readonly Exchange[]>;
  readonly stop: () => void;
};

type Variables = Readonly<Record<string, string>>;

const REPORT = v.object({
  url: v.string(),
  events: v.record(v.picklist(EVENT_NAMES), v.unknown()),
});

const EXCHANGE = v.object({
  /** The target that AWS's requests name, or the path. */
  operation: v.string(),
  body: v.string(),
  startedAt: v.number(),
  endedAt: v.number(),
});
export type Exchange = v.InferOutput<typeof EXCHANGE>;
const HEARD = v.object({ exchanges: v.array(EXCHANGE) });

const arn = (service: string, name: string) => `arn:aws:${service}:eu-west-2:000000000000:${name}`;
const PLACES: Places = {
  tableName: "latchkey",
  numbersKeyArn: arn("kms", "key/numbers"),
  codesKeyArn: arn("kms", "key/codes"),
  proofKeyArns: [arn("kms", "key/proofs")],
  proofIssuer: PUBLIC_URL,
  twilioSecretArn: arn("secretsmanager", "secret:twilio"),
  twilioAuthSecretArn: arn("secretsmanager", "secret:twilio-auth"),
  outcomeFunctionName: "report",
  nextStepFunctionName: "step",
  challengeSecretArn: undefined,
};

async function ask(child: ChildProcess): Promise<unknown> {
  child.send("listen, or tell");
  const [answer] = await once(child, "message");
  return answer;
}

/** Starts the stub. A process with its environment trusts its certificate, so that TLS is verified as it is deployed. */
export async function startStub(): Promise<Stub> {
  const child = fork(join(import.meta.dirname, "programs/stub-server.ts"), { stdio: "inherit" });
  const [message] = await once(child, "message");
  const { url, events } = v.parse(REPORT, message);
  const folder = join(BENCH_FOLDER, "stub");
  await mkdir(folder, { recursive: true });
  const authority = join(folder, "certificate.pem");
  await writeFile(authority, LOOPBACK.cert);
  const eventFile = (name: EventName) => join(folder, `${name}.json`);
  await Promise.all(
    EVENT_NAMES.map((name) => writeFile(eventFile(name), JSON.stringify(events[name]))),
  );
  const surroundings = {
    AWS_REGION: "eu-west-2",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_ENDPOINT_URL: url,
    NODE_EXTRA_CA_CERTS: authority,
  };
  const all = environments(STAGES.staging, PLACES);
  return {
    eventFile,
    surroundings,
    environmentOf: (name) => ({
      ...all[name],
      ...surroundings,
      ...("TWILIO_BASE_URL" in all[name] ? { TWILIO_BASE_URL: url } : {}),
    }),
    async listen(work) {
      await ask(child);
      await work();
      const { exchanges } = v.parse(HEARD, await ask(child));
      return exchanges.toSorted((a, b) => a.startedAt - b.startedAt);
    },
    stop: () => child.disconnect(),
  };
}
