import { apiKeyOperations, dynamoApiKeys } from "../../functions/adapters/dynamodb/api-keys.ts";
import { dynamoKeySends } from "../../functions/adapters/dynamodb/key-sends.ts";
import { dynamoNewest } from "../../functions/adapters/dynamodb/numbers.ts";
import type { Table } from "../../functions/adapters/dynamodb/table.ts";
import { type Answer, problemAnswer } from "../../functions/http/answer.ts";
import type { Endpoint } from "../../functions/http/api.ts";
import { keyedEndpoint } from "../../functions/http/keyed.ts";
import { Problem } from "../../functions/http/problem.ts";
import { twilioVerifyEndpoint } from "../../functions/http/twilio-verify.ts";
import { twilioProblemAnswer } from "../../functions/http/twilio-verify-errors.ts";
import { appsOf } from "../../functions/runtime/apps.ts";
import { drawKey, hashOfKey, KEY_RIGHTS } from "../../functions/verification/api-key.ts";
import { type Deps, NOON, someDeps } from "./deps.ts";
import { engineStores } from "./engine-stores.ts";
import { anEvent } from "./events.ts";

const ACCOUNT = `AC${"0".repeat(32)}`;
const FORM = "application/x-www-form-urlencoded";

/** A back end with an API key of its own, over the deployed stores in a table: asks in our form, and in Twilio's. */
export async function aBackEnd(table: Table, sendsPerDay = 100) {
  const deps: Deps = someDeps(engineStores(table, () => deps.time.now));
  const { id, text } = drawKey(deps.random);
  const hash = hashOfKey(await deps.keys.index(), text);
  const about = { id, hash, name: "shop", app: "shop", rights: KEY_RIGHTS, networks: [] };
  const times = { createdAt: NOON, expiresAt: NOON + 86_400_000 };
  await apiKeyOperations(table).create({ ...about, ...times, sendsPerDay }, NOON);
  const keyed = {
    ...deps,
    numbers: { ...deps.numbers, ...dynamoNewest(table) },
    apiKeys: dynamoApiKeys(table, deps.clock),
    keySends: dynamoKeySends(table),
    noteKeyUse: () => undefined,
    publicUrl: "https://verify.example.com",
    verifyServiceSid: "",
  };
  const apps = appsOf({ APP: "", ALLOWED_ORIGINS: "", HAS_APPS: "no" }, () => keyed);
  // The switch and the keys are read now, and kept for ten seconds.
  await Promise.all([deps.sendingSwitch.switchState(), keyed.apiKeys.read(id)]);
  const basic = Buffer.from(`${ACCOUNT}:${text}`).toString("base64");
  return {
    deps,
    ask(path: string, body: object, name = ""): Promise<Answer> {
      const resourcePath = `/v1/keyed/verifications${path}`;
      const headers = { Authorization: `Bearer ${text}` };
      const event = anEvent({ resourcePath, headers, body: JSON.stringify(body), id: name });
      return answered(keyedEndpoint(apps), event, (problem) =>
        problemAnswer(problem, { docsUrl: "", requestId: "" }),
      );
    },
    /** By its key, at a route below its service; a form that is text goes as it is. */
    askTwilio(
      path: string,
      form: string | Readonly<Record<string, string>>,
      { mediaType = FORM, name = "", isBase64Encoded = false } = {},
    ): Promise<Answer> {
      const event = anEvent({
        resourcePath: `/v2/Services/{service}/${path}`,
        headers: { Authorization: `Basic ${basic}`, "Content-Type": mediaType },
        body: typeof form === "string" ? form : String(new URLSearchParams(form)),
        isBase64Encoded,
      });
      const pathParameters = { service: `VA${"0".repeat(32)}`, verification: name };
      return answered(
        twilioVerifyEndpoint(apps),
        { ...event, pathParameters },
        twilioProblemAnswer,
      );
    },
  };
}

async function answered(
  endpoint: Endpoint,
  event: Parameters<Endpoint>[0],
  inForm: (problem: Problem) => Answer,
): Promise<Answer> {
  try {
    return await endpoint(event);
  } catch (fault) {
    if (fault instanceof Problem) return inForm(fault);
    throw fault;
  }
}
