import type { IncomingMessage, ServerResponse } from "node:http";
import type { Stage } from "../infra/stages.ts";
import type { Assembly } from "./assembly.ts";
import { CHALLENGE_SECRET } from "./emulators/challenge.ts";
import type { KeyStore } from "./emulators/key-store.ts";
import { createKms, type Operations } from "./emulators/kms.ts";
import { createSecretsManager } from "./emulators/secrets-manager.ts";
import { createTable } from "./engines.ts";
import { createEventBridge, createSubscriptions, type OnEvent } from "./events.ts";
import { type LocalAddresses, overridesOf } from "./functions/environment.ts";
import { createFleet, type Fleet } from "./functions/fleet.ts";
import type { FunctionLine } from "./functions/thread.ts";
import { createGateway } from "./gateway/gateway.ts";
import type { Served } from "./gateway/served.ts";
import { createThrottle } from "./gateway/throttle.ts";
import { functionsOf } from "./template/functions.ts";
import { gatewayResponsesOf } from "./template/gateway-responses.ts";
import { createResolve } from "./template/intrinsics.ts";
import { keysOf, secretsOf } from "./template/keys.ts";
import { namesOf } from "./template/names.ts";
import { routesOf } from "./template/routes.ts";
import { type StagePlan, stageOf } from "./template/stage.ts";
import { parseTemplate, resourcesOf, type Template } from "./template/template.ts";
import type { TwilioAccount } from "./twilio/credentials.ts";

/** The parts that outlive a deployment. */
export type Ground = {
  readonly surroundings: LocalAddresses;
  readonly keyStore: KeyStore;
  readonly account: TwilioAccount;
  readonly throttled: boolean;
  readonly onServed: (served: Served) => void;
  readonly onLine: (line: FunctionLine) => void;
  /** Receives the events on the bus. Without it none are made. */
  readonly onEvent: OnEvent | undefined;
};

/** One stack, running. */
export type Deployment = {
  readonly answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** KMS and Secrets Manager. */
  readonly operations: Operations;
  readonly fleet: Fleet;
  /** Every variable that the template gives to a function. */
  readonly environment: Readonly<Record<string, string>>;
};

/** Makes a running stack of a synthesized one. Throws for a resource or property that the local system does not know. */
export async function deploy(assembly: Assembly, ground: Ground): Promise<Deployment> {
  const template = parseTemplate(assembly.template);
  await createTables(template, ground.surroundings.dynamodb);
  const resolve = createResolve(template);
  const plans = functionsOf(template, resolve, assembly.assemblyDirectory);
  const overrides = overridesOf(ground.surroundings);
  const { onEvent } = ground;
  const subscription =
    onEvent && createSubscriptions(template, resolve, (name) => fleet.find(name));
  const fleet: Fleet = createFleet(plans, overrides, (line) => {
    ground.onLine(line);
    subscription?.(line);
  });
  const declared = Object.assign({}, ...plans.map(({ environment }) => environment));
  const { TWILIO_AUTH_SECRET_ARN: signing } = declared;
  const secrets = Object.fromEntries(
    secretsOf(template).map((arn) => [
      arn,
      arn === signing ? authSecret(ground.account) : twilioSecret(ground.account, declared),
    ]),
  );
  return {
    answer: frontOf(template, fleet, { declared, overrides, ground }),
    operations: {
      ...createKms(keysOf(template), ground.keyStore),
      ...(onEvent && createEventBridge(onEvent)),
      ...createSecretsManager({ ...secrets, [CHALLENGE_SECRET.arn]: CHALLENGE_JSON }),
    },
    fleet,
    environment: declared,
  };
}

/** No secret of the template: a stage has one where it has a challenge. */
const CHALLENGE_JSON = JSON.stringify({ secret: CHALLENGE_SECRET.secret });

function authSecret({ authToken }: TwilioAccount): string {
  return JSON.stringify({ authTokens: [authToken] });
}

/** The one number on the list of a stage that may send to a list only. */
const RECIPIENT = "+447700900123";

/** The content of the other secret, in the mode of the stage: no real message can be sent here. */
function twilioSecret(
  { accountSid, apiKeySid, apiKeySecret, from }: TwilioAccount,
  { TWILIO_MODE: mode, TWILIO_RECIPIENTS: reach }: Settings["declared"],
): string {
  const list = reach === "listed" ? { recipients: [RECIPIENT] } : {};
  return JSON.stringify({ mode, accountSid, apiKeySid, apiKeySecret, from, ...list });
}

async function createTables(template: Template, endpoint: string): Promise<void> {
  const tables = resourcesOf(template, "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable");
  await Promise.all(
    tables.map(([id, resource]) => createTable(endpoint, namesOf(id, resource).ref, resource)),
  );
}

type Settings = {
  readonly declared: Readonly<Record<string, string>>;
  readonly overrides: Readonly<Record<string, string>>;
  readonly ground: Ground;
};

function frontOf(
  template: Template,
  fleet: Fleet,
  { declared, overrides, ground }: Settings,
): Deployment["answer"] {
  const resolve = createResolve(template);
  const stage = stageOf(template, resolve);
  const parts = {
    routes: routesOf(template, resolve),
    gatewayResponses: gatewayResponsesOf(template, resolve, docsHere(declared, overrides)),
    stage,
    throttle: createThrottle(ground.throttled ? throttlesOf(stage, ground.surroundings.stage) : []),
    invoke: async (functionArn: string, event: unknown) => {
      const invoke = fleet.find(functionArn);
      if (invoke === undefined) throw new Error(`there is no function ${functionArn}`);
      return invoke(event);
    },
  };
  return createGateway(parts, ground.onServed);
}

/** Those of the template, or with the rates of another stage. */
function throttlesOf({ throttles }: StagePlan, other: Stage | undefined): StagePlan["throttles"] {
  if (other === undefined) return throttles;
  return throttles.map((plan) => ({
    ...plan,
    ...(plan.path === "*" ? other.throttle : other.sendThrottle),
  }));
}

/** Replaces the address of the problem pages, which the template writes into the gateway's own responses. */
function docsHere(
  declared: Settings["declared"],
  overrides: Settings["overrides"],
): (text: string) => string {
  const { PROBLEM_DOCS_URL: deployed = "" } = declared;
  const { PROBLEM_DOCS_URL: here = "" } = overrides;
  return (text) => (deployed === "" ? text : text.replaceAll(deployed, here));
}
