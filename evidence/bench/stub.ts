import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { APIGatewayProxyEvent } from "aws-lambda";
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

/** Starts the stub. A process with its environment trusts its certificate, so that TLS is verified as it is deployed. */
export async function startStub() {
  const child = fork(join(import.meta.dirname, "programs/stub-server.ts"), { stdio: "inherit" });
  const [message] = await once(child, "message");
  const { url, events }: StubReport = message;
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
  const newUpdates = async (): Promise<readonly string[]> => {
    child.send("the updates since the last time");
    return (await once(child, "message"))[0];
  };
  const all = environments(STAGES.staging, PLACES);
  return {
    eventFile,
    /** Where everything is, for a program that is none of our functions. */
    surroundings,
    /** The variables of each function, with everything that it asks at the stub. */
    environmentOf: (name: keyof typeof all): Readonly<Record<string, string>> => ({
      ...all[name],
      ...surroundings,
      ...("TWILIO_BASE_URL" in all[name] ? { TWILIO_BASE_URL: url } : {}),
    }),
    /** The bodies of DynamoDB's updates while `work` is done, in the order of their arrival. */
    async updatesOf(work: () => Promise<unknown>) {
      await newUpdates();
      await work();
      return newUpdates();
    },
    stop: () => child.disconnect(),
  };
}
