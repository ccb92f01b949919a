import { isIP } from "node:net";
import type { APIGatewayProxyEvent } from "aws-lambda";
import type { ApiKey, KeyRight } from "../verification/api-key.ts";
import { cancel } from "../verification/cancel.ts";
import { check } from "../verification/check.ts";
import { carriedId, digitsOf, type VerificationId } from "../verification/identifiers.ts";
import { matchLocale } from "../verification/locale.ts";
import { newestOf } from "../verification/newest.ts";
import { judgePhone } from "../verification/phone-policy.ts";
import { resend } from "../verification/resend.ts";
import { show } from "../verification/show.ts";
import { start } from "../verification/start.ts";
import type { Status } from "../verification/verification.ts";
import type { VerificationView } from "../verification/view.ts";
import type { Answer } from "./answer.ts";
import type { Endpoint } from "./api.ts";
import { admittedKey, countedSend, credentialsIn } from "./api-keys.ts";
import { type Apps, byName } from "./apps.ts";
import { CODE } from "./check.ts";
import type { AddressSource } from "./client-address.ts";
import type { KeyedDeps } from "./keyed.ts";
import { Problem, problemOf } from "./problem.ts";
import { twilioErrorAnswer } from "./twilio-verify-errors.ts";
import {
  channelIn,
  type Form,
  formOf,
  given,
  invalid,
  twilioChannel,
} from "./twilio-verify-form.ts";

export type TwilioVerifyDeps = KeyedDeps & {
  readonly publicUrl: string;
  /** The sid of the app's service; empty for any. */
  readonly verifyServiceSid: string;
};

/** A request whose key is admitted. */
type Asking = {
  readonly event: APIGatewayProxyEvent;
  readonly apiKey: ApiKey;
  readonly accountSid: string;
  readonly serviceSid: string;
};

type Handler = (deps: TwilioVerifyDeps, asking: Asking) => Promise<Answer>;

const SERVICE = "/v2/Services/{service}";

const ROWS: Readonly<Record<string, { readonly right: KeyRight; readonly handle: Handler }>> = {
  [`POST ${SERVICE}/Verifications`]: { right: "send", handle: create },
  [`GET ${SERVICE}/Verifications/{verification}`]: { right: "show", handle: fetchOne },
  [`POST ${SERVICE}/Verifications/{verification}`]: { right: "cancel", handle: update },
  [`POST ${SERVICE}/VerificationCheck`]: { right: "check", handle: checkOne },
};

/** Twilio Verify's API over the same domain: requests are forms; answers have Twilio's names and errors. Any other path below `/v2` is not found. */
export function twilioVerifyEndpoint(
  apps: Apps<TwilioVerifyDeps>,
  source: AddressSource = {},
): Endpoint {
  const depsOf = byName(apps);
  return async (event) => {
    const { httpMethod, resourcePath } = event.requestContext;
    const row = ROWS[`${httpMethod} ${resourcePath}`];
    const serviceSid = event.pathParameters?.["service"] ?? "";
    if (row === undefined || !/^VA[0-9a-f]{32}$/.test(serviceSid)) return twilioErrorAnswer(20404);
    const { user: accountSid = "" } = credentialsIn(event);
    if (!/^AC[0-9a-f]{32}$/.test(accountSid)) return twilioErrorAnswer(20003);
    const apiKey = await admittedKey(apps[0].made(), event, { right: row.right, source });
    const deps = depsOf(apiKey.app);
    if (![serviceSid, ""].includes(deps.verifyServiceSid)) return twilioErrorAnswer(20404);
    return row.handle(deps, { event, apiKey, accountSid, serviceSid });
  };
}

/** Starts a verification, or sends another code of the one that is pending: with the same sid, and no new checks. */
async function create(deps: TwilioVerifyDeps, asking: Asking): Promise<Answer> {
  const form = formOf(asking.event, "create");
  const to = given(form, "To");
  const channel = channelIn(form);
  const { app } = asking.apiKey;
  const clientAddress = clientAddressIn(form);
  const locale = {
    requested: form.get("Locale"),
    acceptLanguage: undefined,
    offered: deps.locales,
  };
  const platform = platformIn(deps, form);
  if ((form.get("RiskCheck") ?? "enable") !== "enable") throw invalid("RiskCheck");
  const verdict = judgePhone(to, deps);
  if (verdict.kind === "refused") throw problemOf(verdict, deps.clock());
  const { requestId } = asking.event.requestContext;
  const send = async (counted: TwilioVerifyDeps) => {
    const pending = await pendingOf(deps, await newestOf(deps, { app, to: verdict.phone }));
    const outcome =
      pending === undefined
        ? await start(counted, {
            to,
            app,
            channel,
            clientAddress,
            platform,
            purpose: "login",
            locale: matchLocale(locale),
          })
        : await resend(counted, { id: pending, app, channel, clientAddress });
    if (outcome.kind === "refused") throw problemOf(outcome, deps.clock());
    return outcome;
  };
  const { kind, view } = await countedSend(deps, asking.apiKey, { requestId, send });
  return { status: 201, body: verificationOf(deps, asking, view), outcome: kind };
}

async function pendingOf(
  deps: TwilioVerifyDeps,
  id: VerificationId | undefined,
): Promise<VerificationId | undefined> {
  if (id === undefined) return undefined;
  const shown = await show(deps, { id });
  return shown.kind === "shown" && shown.view.status === "pending" ? id : undefined;
}

/** Android if the request has the app hash of the stage. */
function platformIn({ androidAppHash }: TwilioVerifyDeps, form: Form): "android" | undefined {
  const hash = form.get("AppHash");
  if (hash === undefined) return undefined;
  if (hash === "" || hash !== androidAppHash) throw invalid("AppHash");
  return "android";
}

function clientAddressIn(form: Form): string | undefined {
  const address = form.get("DeviceIp");
  if (address !== undefined && isIP(address) === 0) throw invalid("DeviceIp");
  return address;
}

async function fetchOne(deps: TwilioVerifyDeps, asking: Asking): Promise<Answer> {
  const name = verificationNameIn(asking.event);
  const { view } = await shownBy(deps, asking, name);
  return { status: 200, body: verificationOf(deps, asking, view), outcome: view.status };
}

/** Cancels. Twilio's `approved` would be an approval without a code, so there is none. */
async function update(deps: TwilioVerifyDeps, asking: Asking): Promise<Answer> {
  const form = formOf(asking.event, "update");
  if (given(form, "Status") !== "canceled") throw invalid("Status");
  const { id, view } = await shownBy(deps, asking, verificationNameIn(asking.event));
  const outcome = await cancel(deps, { id });
  if (outcome.kind === "refused") throw problemOf(outcome, deps.clock());
  const body = verificationOf(deps, asking, { ...view, status: "canceled" });
  return { status: 200, body, outcome: outcome.kind };
}

/** Ends other than approval are not found, as with Twilio, and too many checks have a code of their own. */
async function checkOne(deps: TwilioVerifyDeps, asking: Asking): Promise<Answer> {
  const form = formOf(asking.event, "check");
  const code = given(form, "Code");
  const name = form.has("VerificationSid") ? given(form, "VerificationSid") : given(form, "To");
  if (!CODE.test(code)) throw invalid("Code");
  const { id, view } = await shownBy(deps, asking, name);
  const outcome = await check(deps, { id, code });
  if (outcome.kind === "refused") throw problemOf(outcome, deps.clock());
  const { result, status, proof } = outcome;
  if (result === "exhausted") return twilioErrorAnswer(60202, { outcome: result });
  if (GONE.includes(result)) return twilioErrorAnswer(20404, { outcome: result });
  const shown = verificationOf(deps, asking, { ...view, status });
  const { lookup: _, send_code_attempts: __, sna: ___, url: ____, ...checked } = shown;
  return {
    status: 201,
    body: {
      ...{ ...checked, sna_attempts_error_codes: [] },
      ...(proof === undefined ? {} : { latchkey_proof: proof }),
    },
    outcome: result,
  };
}

const GONE: readonly string[] = ["used", "expired", "canceled"];

function verificationNameIn({ pathParameters }: APIGatewayProxyEvent): string {
  const name = pathParameters?.["verification"] ?? "";
  return name.replace(/^%2B/i, "+");
}

type Found = { readonly id: VerificationId; readonly view: VerificationView };

/** The verification that a sid or a number names. Throws a problem where there is none. */
async function shownBy(deps: TwilioVerifyDeps, { apiKey }: Asking, name: string): Promise<Found> {
  const [, digits] = /^VE([0-9a-f]{32})$/.exec(name) ?? [];
  const ids =
    digits === undefined
      ? await idsOfNumber(deps, apiKey.app, name)
      : [deps.keyEpoch, deps.keyEpoch - 1]
          .filter((epoch) => epoch >= 0)
          .map((epoch) => carriedId(epoch, digits, deps.app));
  for (const id of ids) {
    const shown = await show(deps, { id });
    if (shown.kind === "shown") return { id, view: shown.view };
  }
  throw new Problem("verification-not-found");
}

async function idsOfNumber(
  deps: TwilioVerifyDeps,
  app: string,
  to: string,
): Promise<readonly VerificationId[]> {
  const verdict = judgePhone(to, deps);
  if (verdict.kind === "refused") throw new Problem("verification-not-found");
  const id = await newestOf(deps, { app, to: verdict.phone });
  return id === undefined ? [] : [id];
}

const STATUSES: Readonly<Record<Status, string>> = {
  pending: "pending",
  approved: "approved",
  expired: "expired",
  exhausted: "max_attempts_reached",
  canceled: "canceled",
};

/** A verification in Twilio's names. The number is masked, and both dates are those of the newest code. */
function verificationOf(
  { publicUrl, limits }: TwilioVerifyDeps,
  { accountSid, serviceSid }: Asking,
  view: VerificationView,
) {
  const sid = `VE${digitsOf(view.id)}`;
  const sentAt = new Date(view.expiresAt - limits.codeLifetimeSeconds * 1_000);
  const date = sentAt.toISOString().replace(/\.\d{3}/, "");
  const channel = twilioChannel(view.channel);
  return {
    sid,
    service_sid: serviceSid,
    account_sid: accountSid,
    to: view.to,
    channel,
    status: STATUSES[view.status],
    valid: view.status === "approved",
    lookup: {},
    amount: null,
    payee: null,
    send_code_attempts: [{ time: date, channel: channel.toUpperCase(), attempt_sid: null }],
    sna: null,
    date_created: date,
    date_updated: date,
    url: `${publicUrl}/v2/Services/${serviceSid}/Verifications/${sid}`,
  } as const;
}
