import { once } from "node:events";
import { createServer, type TlsOptions } from "node:tls";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asking } from "../../../cli/aws-faults.ts";
import { type Answer, answersJson, answersWords, exitCode } from "../../../cli/checklist/words.ts";
import { statusOf } from "../../../cli/deployed.ts";
import { answerLive, LIVE_QUESTIONS, liveDeps } from "../../../cli/live/live.ts";
import type { LiveDeps } from "../../../cli/live/question.ts";
import { handshake } from "../../../cli/live/tls.ts";
import type { Template } from "../../../cli/template.ts";
import { STAGES, type Stage } from "../../../infra/stages.ts";
import { outputsIn } from "../../docs/security/titles.ts";
import { LOOPBACK } from "../../support/loopback-certificate.ts";
import { PRODUCTION as template } from "../../support/production.ts";
import { BROKEN, type Cloud, REFUSED, startEmulator } from "./emulator.ts";
import {
  alarmsOf,
  backups,
  country,
  geo,
  healthy,
  LIVE_SECRET,
  life,
  OF_ACCOUNT,
  OF_SERVICE,
  secretOf,
} from "./healthy.ts";

let emulator: Awaited<ReturnType<typeof startEmulator>>;
let cloud: Cloud = {};

beforeAll(async () => {
  emulator = await startEmulator(() => cloud);
  // Files that share a process run it anew, and the emulator must stay unchecked.
  await import(`${import.meta.dirname}/../../support/check-every-answer.ts?anew`);
});
beforeEach(() => {
  cloud = healthy({ stageName: "prod", stage: STAGES.prod, template, url: emulator.url });
});
afterAll(() => emulator.stop());

const DOMAIN = {
  name: "verify.acme.invalid",
  certificateArn: "arn:aws:acm:eu-west-2:000000000000:certificate/1",
};

function deps(
  stage: Stage = { ...STAGES.prod, domain: DOMAIN },
  change: Partial<LiveDeps> = {},
): LiveDeps {
  const { aws, twilio } = emulator;
  const pause = async () => {};
  return {
    ...liveDeps(
      { stageName: "prod", stackName: "latchkey-prod", stage, template },
      { aws, twilio },
    ),
    pause,
    resolve: async () => [],
    // The emulator has no TLS.
    handshake: async (_, { maxVersion }) => (maxVersion ? undefined : "TLSv1.3 a-cipher"),
    ...change,
  };
}

async function told(id: string, of: LiveDeps = deps()): Promise<Answer> {
  const [answer] = await answerLive(
    of,
    LIVE_QUESTIONS.filter((one) => one.id === id),
  );
  if (answer === undefined) throw new Error(`no question ${id}`);
  return answer;
}

async function faultsOf(id: string, of?: LiveDeps): Promise<readonly string[]> {
  const answer = await told(id, of);
  if (answer.kind === "unasked") throw new Error(`could not ask: ${answer.because}`);
  expect(answer.holds).toBe(answer.finding.faults.length === 0);
  return answer.finding.faults;
}

describe("a deployment that is as it should be", () => {
  it("holds in every line", async () => {
    const answers = await answerLive(deps());
    const faults = answers.map((one) =>
      one.kind === "unasked" ? [one.id, one.because] : [one.id, ...one.finding.faults],
    );
    expect(faults).toEqual(LIVE_QUESTIONS.map(({ id }) => [id]));
    expect(exitCode(answers)).toBe(0);
  });

  it("is only looked at: nothing is asked that changes it", async () => {
    emulator.asked.length = 0;
    await answerLive(deps());
    const changing = emulator.asked.filter(
      (name) => !/^(Describe|List|Get|Detect|GET )/.test(name),
    );
    expect(changing).toEqual(["POST /v1/server/verifications"]);
  });
});

it.each<readonly [string, TlsOptions, readonly string[]]>([
  ["like API Gateway", { minVersion: "TLSv1.2" }, []],
  ["with TLS 1.1", { minVersion: "TLSv1.1" }, ["TLS 1.1"]],
])("a server %s is seen by its handshakes", async (_, options, accepted) => {
  const ciphers = "DEFAULT:@SECLEVEL=0";
  const server = createServer({ ...LOOPBACK, ciphers, ...options }).on("tlsClientError", () => {});
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `https://localhost:${Object(server.address()).port}/prod`;
  const there = deps(undefined, { address: async () => url, handshake });
  const faults = await faultsOf("tls", there);
  expect(faults.map((fault) => fault.split(" is accepted")[0])).toEqual(accepted);
  await once(server.close(), "close");
  expect(await told("tls", there)).toMatchObject({ kind: "unasked" });
});

it.each([
  ["ENOTFOUND", "does not resolve yet"],
  ["ENODATA", "does not resolve yet"],
  ["ESERVFAIL", "could not be looked up from here (ESERVFAIL)"],
])("a name that is looked up with %s %s", async (code, words) => {
  const resolve = () => Promise.reject(Object.assign(new Error(code), { code }));
  const value = expect.stringContaining(`${DOMAIN.name} ${words}`);
  expect(await told("domain", deps(undefined, { resolve }))).toHaveProperty("finding.value", value);
});

type Change = () => Cloud;
const says =
  (name: string, body: unknown): Change =>
  () => ({ [name]: () => [200, body] });
const certificate = (Status: string, SubjectAlternativeNames: readonly string[]) =>
  says("DescribeCertificate", { Certificate: { Status, SubjectAlternativeNames } });
const stack = (change: object): Change => {
  const plain = () => Object(cloud["DescribeStacks"]?.("")[1]).Stacks[0];
  return () => {
    const changed = { Stacks: [{ ...plain(), ...change }] };
    return { DescribeStacks: () => [200, changed] };
  };
};
const templateWith =
  (change: (copy: Template) => void): Change =>
  () => {
    const copy = structuredClone(template);
    change(copy);
    return { GetTemplate: () => [200, { TemplateBody: JSON.stringify(copy) }] };
  };
const alarmWith =
  (change: object): Change =>
  () => {
    const { MetricAlarms, CompositeAlarms } = alarmsOf(template);
    const [first, ...others] = MetricAlarms;
    const changed = { MetricAlarms: [{ ...first, ...change }, ...others], CompositeAlarms };
    return { DescribeAlarms: () => [200, changed] };
  };
const drifts = (...rows: readonly (readonly [string, string])[]) => ({
  StackResourceDrifts: rows.map(([LogicalResourceId, StackResourceDriftStatus]) => ({
    LogicalResourceId,
    StackResourceDriftStatus,
  })),
});
const streams = (...logStreams: readonly object[]) => says("DescribeLogStreams", { logStreams });
const recipients = (...Subscriptions: readonly object[]) =>
  says("ListSubscriptionsByTopic", { Subscriptions });
const tableThatIs = (TableStatus: string, DeletionProtectionEnabled: boolean) =>
  says("DescribeTable", { Table: { TableStatus, DeletionProtectionEnabled } });
const accountThatIs = (status: string, type: string) =>
  says(`${OF_ACCOUNT}.json`, { status, type });
const GEO = "GET /v1/Messaging/GeoPermissions";
const CALLS = "GET /v1/DialingPermissions/Countries";
const callsTo = (content: readonly object[], next_page_url: string | null = null) =>
  says(CALLS, { content, meta: { next_page_url } });
const secretWith = (change: object) =>
  says("GetSecretValue", secretOf({ ...LIVE_SECRET, ...change }));
const FOR_TESTS = { mode: "test", apiKeySid: LIVE_SECRET.accountSid };
/** Credentials whose sender is this one, in place of a messaging service. */
const sendingFrom = (from: string): Change => {
  const { messagingServiceSid: _, ...secret } = LIVE_SECRET;
  return says("GetSecretValue", secretOf({ ...secret, from }));
};
function given(...changes: readonly Change[]): void {
  for (const change of changes) cloud = { ...cloud, ...change() };
}
const SILENT = {
  StateValue: "INSUFFICIENT_DATA",
  StateUpdatedTimestamp: Date.now() / 1_000 - 2 * 86_400,
};

/** Line by line: what is not as it should be, and the words that say so. */
const WRONG: Readonly<Record<string, Readonly<Record<string, readonly [Change, RegExp]>>>> = {
  deployed: {
    "an update that was rolled back": [
      stack({ StackStatus: "UPDATE_ROLLBACK_COMPLETE" }),
      /^the stack is UPDATE_ROLLBACK_COMPLETE$/,
    ],
  },
  same: {
    "an older code": [
      templateWith(({ Resources }) => {
        const [id = ""] = Object.keys(Resources).filter((name) => name.startsWith("CheckCode"));
        Object.assign(Resources[id]?.Properties ?? {}, { Code: { S3Key: "old" } });
      }),
      /^CheckCode\w* is another here than there$/,
    ],
    "a resource that is no longer in the source": [
      templateWith(({ Resources }) => {
        Resources["Old"] = { Type: "AWS::SQS::Queue", Properties: {} };
      }),
      /^Old is another/,
    ],
  },
  drift: {
    "a table changed by hand, on a later page": [
      () => ({
        DescribeStackResourceDrifts: (body) => [
          200,
          body.includes("NextToken")
            ? drifts(["Table", "MODIFIED"])
            : { ...drifts(["Gateway", "IN_SYNC"]), NextToken: "more" },
        ],
      }),
      /^Table was changed$/,
    ],
    "a rule that was deleted": [
      says("DescribeStackResourceDrifts", drifts(["Rule", "DELETED"])),
      /^Rule was deleted$/,
    ],
  },
  answers: {
    "keys that are not published": [
      () => ({ "GET /.well-known/jwks.json": () => [500, {}] }),
      /answered with 500/,
    ],
    "a server route that is open": [
      () => ({ "POST /v1/server/verifications": () => [400, { code: "body-invalid" }] }),
      /an unsigned server request is answered with 400/,
    ],
  },
  refusals: {
    "a missing route that is blocked": [
      () => ({ "GET /v1/nothing": () => [403, { code: "request-blocked" }] }),
      /^a route that does not exist is answered 403 request-blocked, not 404 route-not-found$/,
    ],
    "a bearer token that counts as no route": [
      () => ({ "GET /v1/server/verifications/nothing": () => [404, { code: "route-not-found" }] }),
      /^a signature of another kind is answered 404 route-not-found, not 403 signature-invalid$/,
    ],
  },
  lines: {
    "an access log that is empty": [streams(), /^no line in a day/],
    "an access log that ended": [streams({ lastEventTimestamp: 1 }), /^no line in a day/],
  },
  metrics: { "lines that are no metrics": [says("ListMetrics", {}), /^no metric/] },
  room: {
    "a new account": [
      says("GET /2016-08-19/account-settings", {
        AccountLimit: { UnreservedConcurrentExecutions: 10 },
      }),
      /10 at once are fewer/,
    ],
  },
  domain: {
    "a certificate that is not there": [
      () => ({ DescribeCertificate: () => [400, { refused: "ResourceNotFound" }] }),
      /the certificate is not there: in ACM/,
    ],
    "one that is not validated": [
      certificate("PENDING_VALIDATION", [DOMAIN.name]),
      /^the certificate is PENDING_VALIDATION: in ACM, create the records that validate it[^\n]+$/,
    ],
    "one of other names": [
      certificate("ISSUED", ["acme.invalid", `*.${DOMAIN.name}`]),
      /must cover verify\.acme\.invalid: request one for it/,
    ],
  },
  told: {
    "an unconfirmed mail": [
      recipients({ Endpoint: STAGES.prod.alertEmail, SubscriptionArn: "PendingConfirmation" }),
      /oncall@latchkey.example has not confirmed/,
    ],
    "no recipient": [recipients(), /no recipient/],
  },
  quiet: {
    "an alarm": [alarmWith({ StateValue: "ALARM" }), /^latchkey-prod-[\w-]+ is in alarm$/],
    "an alarm that looks at nothing": [alarmWith(SILENT), /no data for a day/],
    "an alarm that was muted": [alarmWith({ ActionsEnabled: false }), /its actions are off/],
    "an alarm that is not there": [
      alarmWith({ AlarmName: "latchkey-prod-another" }),
      /^latchkey-prod-request-spike is not there$/,
    ],
  },
  trail: {
    "no trail": [says("DescribeTrails", { trailList: [] }), /no trail records/],
    "a trail of another region": [
      says("DescribeTrails", {
        trailList: [{ Name: "us", IsMultiRegionTrail: false, HomeRegion: "us-east-1" }],
      }),
      /no trail records/,
    ],
    "a trail that stands still": [says("GetTrailStatus", { IsLogging: false }), /no trail records/],
  },
  keys: {
    "a key that will be deleted": [
      says("DescribeKey", { KeyMetadata: { KeyId: "1", KeyState: "PendingDeletion" } }),
      /^Keys\w+ is PendingDeletion$/m,
    ],
  },
  table: {
    "no recovery": [says("DescribeContinuousBackups", backups("DISABLED")), /cannot be recovered/],
    "no protection": [tableThatIs("ACTIVE", false), /table can be deleted/],
    "no end of items": [says("DescribeTimeToLive", life("DISABLED", "")), /expired items stay/],
    "an end by another attribute": [
      says("DescribeTimeToLive", life("ENABLED", "expiresAt")),
      /expired items stay/,
    ],
    "a table that is archived": [tableThatIs("ARCHIVED", true), /not active/],
  },
  logs: {
    "logs that are kept for ever, or are gone": [
      () => {
        const { logGroups } = Object(cloud["DescribeLogGroups"]?.("")[1]);
        const [, first, ...others] = logGroups;
        const changed = [{ logGroupName: first.logGroupName }, ...others.slice(1)];
        return { DescribeLogGroups: () => [200, { logGroups: changed }] };
      },
      /is kept for ever, not 365 days\n\w+ is not there/,
    ],
  },
  firewall: {
    none: [says("GetWebACLForResource", {}), /no firewall stands before the API/],
    another: [
      says("GetWebACLForResource", { WebACL: { Id: "id-of-another" } }),
      /another firewall than ours/,
    ],
  },
  mode: {
    "test credentials in production": [
      secretWith(FOR_TESTS),
      /the secret is test, and the stage is live/,
    ],
    "a list of recipients in production": [
      secretWith({ recipients: ["+447700900123"] }),
      /^the secret names recipients, and the stage sends to anyone$/,
    ],
  },
  account: {
    "a suspended account": [accountThatIs("suspended", "Full"), /the account is suspended/],
    "a trial": [accountThatIs("active", "Trial"), /a trial account/],
    "no money": [
      says(`${OF_ACCOUNT}/Balance.json`, { balance: "-0.40", currency: "USD" }),
      /out of funds/,
    ],
  },
  "sms-countries": {
    "a country too many": [
      says(GEO, geo("GB", "FR")),
      /^FR is open at Twilio, and not in the stage$/,
    ],
    "a country too few": [says(GEO, geo()), /^GB is in the stage, and closed at Twilio$/],
  },
  calls: {
    "a country too many, on a later page": [
      () => ({
        ...callsTo([country("GB", true)], "https://voice.twilio.com/v1/more?Page=1")(),
        "GET /v1/more": () => [200, { content: [country("US", true)], meta: {} }],
      }),
      /^calls to US are open/,
    ],
    "premium numbers": [
      callsTo([country("GB", true, true)]),
      /calls to premium or fraud-prone numbers of GB are open/,
    ],
  },
  senders: {
    none: [says(`${OF_SERVICE}/PhoneNumbers`, { phone_numbers: [] }), /has no sender/],
    "a number of somebody else": [
      () => ({
        ...sendingFrom("+447700900000")(),
        [`${OF_ACCOUNT}/IncomingPhoneNumbers.json`]: () => [200, { incoming_phone_numbers: [] }],
      }),
      /is not the account's/,
    ],
  },
  trigger: {
    "triggers on other things": [
      says(`${OF_ACCOUNT}/Usage/Triggers.json`, {
        usage_triggers: [{ usage_category: "recordings" }],
      }),
      /no usage trigger/,
    ],
  },
};

describe("a line turns", () => {
  it("in at least one way for every question", () => {
    expect([...Object.keys(WRONG), "tls"].toSorted()).toEqual(
      LIVE_QUESTIONS.map(({ id }) => id).toSorted(),
    );
  });

  const cases = Object.entries(WRONG).flatMap(([id, ways]) =>
    Object.entries(ways).map(([what, [change, words]]) => ({ id, what, change, words })),
  );
  it.each(cases)("$id with $what", async ({ id, change, words }) => {
    given(change);
    expect((await faultsOf(id)).join("\n")).toMatch(words);
  });

  const abroad: Stage = {
    ...STAGES.prod,
    countries: ["GB", "US"],
    senders: { US: { messagingServiceSid: LIVE_SECRET.messagingServiceSid } },
  };
  const TOLL_FREE = "GET /v1/Tollfree/Verifications";

  it.each<readonly [string, readonly string[], readonly string[], RegExp]>([
    ["no campaign", [], [], /^US: no toll-free .* not there$/],
    [
      "a campaign in review",
      ["IN_PROGRESS"],
      ["TWILIO_REJECTED"],
      /^US: no toll-free .* the campaign is IN_PROGRESS$/,
    ],
    ["a campaign", ["VERIFIED"], [], /^$/],
    ["a number", [], ["TWILIO_APPROVED"], /^$/],
  ])("senders to the United States with %s", async (_what, campaigns, tollFree, words) => {
    const compliance = campaigns.map((campaign_status) => ({ campaign_status }));
    const verifications = tollFree.map((status) => ({ status }));
    given(
      says(`${OF_SERVICE}/Compliance/Usa2p`, { compliance, meta: { key: "compliance" } }),
      says(TOLL_FREE, { verifications, meta: { key: "verifications" } }),
    );
    expect((await faultsOf("senders", deps(abroad))).join("\n")).toMatch(words);
  });

  it("senders where the default one has letters and a country refuses them", async () => {
    given(sendingFrom("Acme"));
    const { senders: _, ...bare } = abroad;
    expect(await faultsOf("senders", deps(bare))).toEqual([
      "US refuses the letters of the default sender",
    ]);
  });

  it("mode where a live stage of developers has no list", async () => {
    const live: Stage = { ...STAGES.dev, twilio: { live: true, because: "A handset is tried." } };
    expect(await faultsOf("mode", deps(live))).toEqual([
      "the secret names no recipients, and the stage sends to those only",
    ]);
  });
});

describe("a difference that is no fault", () => {
  it("is an alarm of money before the first send", async () => {
    const { MetricAlarms, CompositeAlarms } = alarmsOf(template);
    const unsent = MetricAlarms.map((alarm) =>
      /-spend-(half|strangers|all)$/.test(String(alarm.AlarmName))
        ? { ...alarm, ...SILENT }
        : alarm,
    );
    given(says("DescribeAlarms", { MetricAlarms: unsent, CompositeAlarms }));
    expect(await faultsOf("quiet")).toEqual([]);
  });

  it("is an alarm that has had no data for an hour", async () => {
    const StateUpdatedTimestamp = Date.now() / 1_000 - 3_600;
    given(alarmWith({ StateValue: "INSUFFICIENT_DATA", StateUpdatedTimestamp }));
    expect(await faultsOf("quiet")).toEqual([]);
  });

  it("is a development stage without mail, firewall, recovery and a live account", async () => {
    given(
      recipients(),
      says("GetWebACLForResource", {}),
      says("DescribeContinuousBackups", backups("DISABLED")),
      secretWith(FOR_TESTS),
      () => ({ [`${OF_ACCOUNT}.json`]: () => [403, {}] }),
    );
    const dev = deps(STAGES.dev);
    for (const id of ["told", "firewall", "table", "mode", "account", "sms-countries", "calls"])
      expect([id, await faultsOf(id, dev)]).toEqual([id, []]);
  });

  it("is a sender id of letters, which Twilio lists nowhere", async () => {
    given(sendingFrom("LATCHKEY"));
    expect(await faultsOf("senders")).toEqual([]);
  });
});

describe("a source that gives no answer", () => {
  const because = async (id: string, of?: LiveDeps) => {
    const answer = await told(id, of);
    return answer.kind === "unasked" ? answer.because : "it was told";
  };

  it.each([
    ["drift", "DetectStackDrift", REFUSED, /may not do that/],
    ["keys", "DescribeKey", REFUSED, /may not do that/],
    ["told", "ListSubscriptionsByTopic", REFUSED, /may not do that/],
    ["mode", "GetSecretValue", REFUSED, /may not do that/],
    ["account", "GetSecretValue", REFUSED, /may not do that/],
    ["trail", "DescribeTrails", BROKEN, /InternalFailure/],
    ["account", `${OF_ACCOUNT}.json`, REFUSED, /may not read this at Twilio/],
    ["sms-countries", GEO, BROKEN, /Twilio answered 500/],
    ["sms-countries", GEO, [404, {}], /knows no geo permissions/],
    ["calls", CALLS, [200, { other: 1 }], /form that is not known/],
    ["trigger", `${OF_ACCOUNT}/Usage/Triggers.json`, [302, {}], /Twilio answered 302/],
  ] as const)("of %s, by %s, is reported with its reason", async (id, name, answer, words) => {
    cloud = { ...cloud, [name]: () => answer };
    expect(await because(id)).toMatch(words);
  });

  it("is a secret without credentials; its content is not printed", async () => {
    given(says("GetSecretValue", { SecretString: "xK3;9fj)2mQ" }));
    expect(await because("mode")).toBe("the secret holds no JSON");
  });

  it("is a comparison that fails, or takes too long", async () => {
    const detection = (DetectionStatus: string) =>
      given(
        says("DescribeStackDriftDetectionStatus", {
          DetectionStatus,
          DetectionStatusReason: "no rights",
        }),
      );
    detection("DETECTION_FAILED");
    expect(await because("drift")).toBe("CloudFormation gave up: no rights");
    detection("DETECTION_IN_PROGRESS");
    let now = 0;
    const pause = async (milliseconds: number) => {
      now += milliseconds;
    };
    const waiting = deps(STAGES.prod, { now: () => now, pause });
    expect(await because("drift", waiting)).toMatch(/had not ended/);
  });

  it("is an API that does not answer from here", async () => {
    const address = async () => "http://127.0.0.1:1";
    expect(await because("answers", deps(STAGES.prod, { address }))).toMatch(/does not answer/);
  });

  it("takes no answer from the others", async () => {
    cloud = { ...cloud, GetSecretValue: () => REFUSED };
    const answers = await answerLive(deps());
    expect(answers.filter(({ kind }) => kind === "unasked").map(({ id }) => id)).toEqual([
      ...["mode", "account", "sms-countries", "calls", "senders", "trigger"],
    ]);
    expect(exitCode(answers)).toBe(3);
  });
});

describe("without an account to ask", () => {
  it("it is reported, and nothing is listed", async () => {
    cloud = {
      DescribeStacks: () => [400, { refused: "Stack with id latchkey-prod does not exist" }],
    };
    await expect(answerLive(deps())).rejects.toThrow(
      "There is no stack latchkey-prod in this account",
    );
    cloud = { DescribeStacks: () => REFUSED };
    await expect(answerLive(deps())).rejects.toThrow("may not do that");
  });

  it("stops a deployment before its checks, unless there is no stack or it may not be read", async () => {
    const asked = (refused: string) => {
      cloud = { DescribeStacks: () => [400, { refused }] };
      return statusOf(emulator.aws.stack, "latchkey-prod");
    };
    await expect(asked("ExpiredToken")).rejects.toThrow("have run out");
    await expect(asked("InvalidClientTokenId")).rejects.toThrow("Is it the right profile?");
    await expect(asked("SignatureDoesNotMatch")).rejects.toThrow("Is the clock right?");
    expect([await asked("ValidationError"), await asked("AccessDenied")]).toEqual([
      undefined,
      undefined,
    ]);
    const unreachable = Object.assign(new Error("getaddrinfo"), { hostname: "sts.mars.aws" });
    await expect(asking(() => Promise.reject(unreachable))).rejects.toThrow("way to sts.mars.aws.");
    const unknown = Object.assign(new Error("of no name here"), { name: "constructor" });
    await expect(asking(() => Promise.reject(unknown))).rejects.toBe(unknown);
  });
});

describe("the list", () => {
  it("prints each answer, held, not held or unknown, for people, and for machines with the day", async () => {
    given(
      says("DescribeTimeToLive", life("DISABLED", "")),
      () => ({ [GEO]: () => REFUSED }),
      templateWith(({ Resources }) => {
        for (const id of Object.keys(Resources).slice(0, 12)) delete Resources[id];
      }),
    );
    const answers = await answerLive(deps());
    const words = stripVTControlCharacters(answersWords("of prod", answers, []));
    const shown = outputsIn("docs/production/first-real-sms.md").flat();
    const page = shown.slice(shown.findIndex((line) => line.includes("could not be asked")));
    expect(page[0]).toContain(`${LIVE_QUESTIONS.length - 3} of ${LIVE_QUESTIONS.length} hold, 1`);
    for (const part of ["→ and 2 more", ...page]) expect(words).toContain(part);
    expect(words).not.toContain(LIVE_SECRET.apiKeySecret);
    expect(Math.max(...words.split("\n").map((line) => line.length))).toBeLessThanOrEqual(132);
    expect(exitCode(answers)).toBe(1);
    const json = JSON.parse(answersJson("prod", answers, { asked: "today" }));
    expect(json).toMatchObject({ stage: "prod", holds: false, asked: "today" });
    const held = json.answers.map(({ holds }: { readonly holds: boolean | null }) => holds);
    expect(held.filter((holds: boolean | null) => holds === null)).toHaveLength(1);
    expect(held.filter(Boolean)).toHaveLength(LIVE_QUESTIONS.length - 3);
  });
});
