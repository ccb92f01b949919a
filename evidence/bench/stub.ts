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
const EVENT_NAMES = ["start", "wrong", "right"] as const;
export type EventName = (typeof EVENT_NAMES)[number];

export type StubReport = {
  readonly url: string;
  readonly events: Readonly<Record<EventName, APIGatewayProxyEvent>>;
};

export type Stub = {
  readonly eventFile: (name: EventName) => string;
  /** The variables of each function, with everything that it asks at the stub. */
  readonly environmentOf: (name: keyof ReturnType<typeof environments>) => Variables;
  /** Where everything is, for a program that is none of our functions. */
  readonly surroundings: Variables;
  /** The bodies of DynamoDB's updates while `work` is done, in the order of their arrival. */
  readonly updatesOf: (work: () => Promise<unknown>) => Promise<readonly string[]>;
  readonly stop: () => void;
};

type Variables = Readonly<Record<string, string>>;

const REPORT = v.object({
  url: v.string(),
  events: v.record(v.picklist(EVENT_NAMES), v.unknown()),
});

const UPDATES = v.object({ updates: v.array(v.string()) });

const arn = (service: string, name: string) => `arn:aws:${service}:eu-west-2:000000000000:${name}`;
const PLACES: Places = {
  tableName: "latchkey",
  numbersKeyArn: arn("kms", "key/numbers"),
  codesKeyArn: arn("kms", "key/codes"),
  proofKeyArns: [arn("kms", "key/proofs")],
  proofIssuer: PUBLIC_URL,
  callbackPass: "pass",
  twilioSecretArn: arn("secretsmanager", "secret:twilio"),
  twilioAuthSecretArn: arn("secretsmanager", "secret:twilio-auth"),
  outcomeFunctionName: "report",
  nextStepFunctionName: "step",
  challengeSecretArn: undefined,
};

async function ask(child: ChildProcess): Promise<unknown> {
  child.send("the updates since the last time");
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
    async updatesOf(work) {
      await ask(child);
      await work();
      return v.parse(UPDATES, await ask(child)).updates;
    },
    stop: () => child.disconnect(),
  };
}
