import { describe, expect, it } from "vitest";
import { newVerificationId } from "../../functions/verification/identifiers.ts";
import { placeholdersOf, validateStage } from "../../infra/stage-rules.ts";
import { isStageName, STAGES, type Stage } from "../../infra/stages.ts";

const stages: readonly (readonly [string, Stage])[] = Object.entries(STAGES);

it("a production stage cannot be written against its rules: it does not compile", () => {
  // @ts-expect-error "accepted" is for development.
  const fictional: Stage = { ...STAGES.prod, fictionalNumbers: "accepted" };
  // @ts-expect-error test credentials send nothing.
  const testing: Stage = { ...STAGES.prod, twilio: "test" };
  // @ts-expect-error seven days are for development.
  const forgetful: Stage = { ...STAGES.prod, logRetentionDays: 7 };
  const { alertEmail: _, ...rest } = STAGES.prod;
  // @ts-expect-error an address is missing.
  const silent: Stage = rest;
  expect([fictional, testing, forgetful, silent].every(({ production }) => production)).toBe(true);
});

describe.each(stages)("the stage %s", (name, stage) => {
  it("is right", () => {
    expect(() => validateStage(name, stage)).not.toThrow();
  });

  it("has an epoch that ids can carry", () => {
    const bytes = (count: number) => new Uint8Array(count);
    expect(newVerificationId(stage.keyEpoch, { bytes })).toMatch(`v${stage.keyEpoch}-`);
  });
});

const spendWith = (countries: unknown) => ({ ...STAGES.prod.spend, countries });
const APP = { brand: "Shop", allowedOrigins: ["https://shop.acme.com"], proofAudience: "shop" };
const challengeOf = (provider: string, siteKey: string, androidPackages?: readonly string[]) => ({
  ...{ when: "always", whenUnreachable: "refuse", provider, siteKey },
  ...(androidPackages && { androidPackages }),
});

const LONG_ORIGIN = `https://${"long.".repeat(24)}acme.com`;
const headerOf = (name: string, because = "the proxy adds to it") => ({ name, because });
const rateOf = (requestsPerSecond: number, burst: number) => ({ requestsPerSecond, burst });
const ARN = "arn:aws:acm:eu-west-2:123456789012:certificate/abc";

/** A stage with one field wrong, and a part of the sentence about it, which begins with the field. */
const WRONG: readonly (readonly [field: string, value: unknown, part: string])[] = [
  ["brand", "Ünicode", "1 to 20 letters"],
  ["brand", undefined, "must be"],
  ["brand", "Studio 1984", "1 to 20 letters, digits (three in a row"],
  ["locales", [], "a list of at least one of en-GB"],
  ["locales", ["en"], "a list of at least one of en-GB"],
  ["androidAppHash", "FA+9qCX9VS", "the eleven characters"],
  ["allowedOrigins", [LONG_ORIGIN], "hosts that fit into a message, and long."],
  ["allowedOrigins", ["https://app.acme.com/"], "a list of exact"],
  ["allowedOrigins", ["https://a.com,https://b.com"], "a list"],
  ["allowedOrigins", [], "a list of exact origins"],
  ["allowedOrigins", ["http://localhost:3000"], 'allowedOrigins.0 is "http://localhost:3000".'],
  ...[
    "https://localhost:5173",
    "http://localhost",
    "https://127.0.0.1",
    "null",
    "file://x",
    "javascript://x",
    "*",
    "capacitor://",
    "https://*.acme.com:",
    ...["https://100.64.0.1", "https://8.8.8.8", "https://[2001:db8::1]", "https://app.test"],
    ...["https://app.invalid", "https://a.home.arpa", "https://a.onion", "https://a.local"],
  ].map((origin) => ["allowedOrigins", [origin], "allowedOrigins"] as const),
  ["challenge", challengeOf("turnstile", "1x00000000000000000000AA"), "challenge"],
  ["challenge", challengeOf("hcaptcha", "10000000-ffff-ffff-ffff-000000000001"), "challenge"],
  ["challenge", challengeOf("recaptcha", "6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI"), "challenge"],
  ["challenge", challengeOf("recaptcha", "0x4AAAAAAADnPIDROrmt1Wwj"), "challenge"],
  ...(
    [
      ["codeLifetimeSeconds", 301, "60 to 300, not 301: a code lives five minutes"],
      ["codeLifetimeSeconds", 59.5, "60 to 300, not 59.5"],
      ["codeDigits", 5, "6 to 8, not 5: fewer are guessed too easily"],
      ["checksPerVerification", 6, "1 to 5"],
      ["secondsBetweenSends", 29, "30 to 299"],
      ["sendsPerTenMinutes", 4, "1 to 3, not 4: a number is sent at most three codes"],
      ["sendsPerDay", 8, "1 to 7"],
      ["sendsPerDayWithTicket", 11, "1 to 10"],
      ["ticketLifetimeSeconds", 86_400, "172800 to 7776000"],
      ["proofLifetimeSeconds", 301, "60 to 300"],
    ] as const
  ).map(
    ([name, value, between]) =>
      [
        "limits",
        { [name]: value },
        `Stage prod: limits.${name} must be a whole number from ${between}`,
      ] as const,
  ),
  ["limits", { sendsPerDayWithTicket: 6 }, "must be at least sendsPerDay, and 6 is below 7"],
  ["limits", { codeLifetimeSeconds: 60, secondsBetweenSends: 60 }, "secondsBetweenSends must be"],
  ["limits", { lifetime: 60 }, "whole numbers for any of codeLifetime"],
  ["proofAudience", "", "must be"],
  ...["http://a.com/#", " https://a.com/#", "https:a.com#", "https://a.com", "https://a.com/$"].map(
    (url) => ["problemDocsUrl", url, "https address to"] as const,
  ),
  ["runbooksUrl", "https://docs.acme.com", "https address ending"],
  ["runbooksUrl", "https://a:b@acme.com/", "https address ending"],
  ["keyEpoch", 10_000, "a whole number from 0 to 9999, not 10000."],
  ["proofKeys", [2, 1], "one or two numbers from 1 to 99"],
  ["proofKeys", [], "one or two numbers"],
  ["proofKeys", [1, 2, 3], "one or two numbers"],
  ["proofKeys", [100], "one or two numbers"],
  ["throttle", rateOf(0, 1), "requestsPerSecond"],
  ["sendThrottle", undefined, "must be"],
  ["expectedRequestsPerMinute", 0.5, "must be"],
  ["expectedRequestsPerMinute", 3_001, "stay within the throttle, which lets 3000 through"],
  ["prices", { FR: { sms: 60_000 } }, "countries does not list FR"],
  ["domain", { name: "verify.acme.com", certificateArn: "arn:aws:acm:" }, "certificateArn"],
  ["firewall", { requestsPerAddress: 3_000_000_000, tokenRequired: false }, "must be"],
  ["firewall", { requestsPerAddress: 9, tokenRequired: false }, "must be"],
  ["firewall", { off: true, because: "why" }, "must be"],
  ["clientAddressHeader", headerOf("x-forwarded-for"), "in the word ip, addr or address, as"],
  ["clientAddressHeader", headerOf("cf-connecting-ip", ""), "name"],
  ["prices", { GB: { sms: 6 } }, "for each country sms, and whatsapp, voice and rcs if any, in"],
  ["prices", { GB: { sms: 0.06 } }, "for each country"],
  ["spend", { ...STAGES.prod.spend, dollarsPerDay: 60 }, "dollarsPerHour and dollarsPerDay"],
  ["spend", { ...STAGES.prod.spend, keptForTickets: 1 }, "dollarsPerHour and dollarsPerDay"],
  ["spend", undefined, "dollarsPerHour and dollarsPerDay"],
  [
    "spend",
    { ...STAGES.prod.spend, dollarsPerDay: 200_000 },
    "give because in at least three words for a cap above 100000 dollars a day, and dollarsPerDay",
  ],
  ["scopes", { ipv4: { mode: "off" } }, "such that no client goes"],
  ["scopes", { ipv4: { max: 301 } }, "such that no client goes"],
  ["scopes", { ipv4: { max: 0 } }, "for any of"],
  ["slack", { workspaceId: "T0123ABCD" }, "workspaceId"],
  ["slack", { workspaceId: "t-1", channelId: "C1" }, "workspaceId"],
  ["reservedConcurrency", { "check-code": 0 }, "whole"],
  ["reservedConcurrency", { checker: 5 }, "whole numbers"],
  ["domain", { name: "https://acme.com", certificateArn: "" }, "name"],
  ["domain", { name: "-a.acme.com", certificateArn: ARN }, 'domain.name is "-a.acme.com".'],
  ["domain", { name: `${"a.".repeat(130)}com`, certificateArn: ARN }, "domain.name is"],
  ["domain", { name: "app.example", certificateArn: ARN }, "allowedOrigins has a page at app.ex"],
  ["reservedConcurrency", { "check-code": 1_551 }, "at once, which are 1550, and check-code has"],
  ["firewall", { requestsPerAddress: 15_101, tokenRequired: false }, "which is 15100, and its"],
  ["scopes", { ipv4: { max: 61 } }, "ipv4 a maxPerDay of at least its max, and 61 is above 60."],
  ["senders", { GB: { from: "+447700900123" } }, "+447700900123 is one for tests or fiction."],
  ["brand", "- -", "with a letter or a digit"],
  ...["via", "forwarded", "CF-Connecting-IP", "latchkey-app", "x-zip", "x-amzn-trace-id"].map(
    (name) => ["clientAddressHeader", headerOf(name), "name is"] as const,
  ),
  ["fictionalNumbers", "accepted", '"refused"'],
  ["logRetentionDays", 30, "365"],
  ["twilio", "test", "live"],
  ["twilio", { live: true, because: "" }, "must be"],
  ["alertEmail", undefined, "the e-mail address that receives"],
  ["alertEmail", "somebody", 'the e-mail address that receives alarms, not "somebody".'],
  ["securityContact", undefined, "an e-mail address or"],
  ["securityContact", "http://acme.com", "an e-mail address or"],
  ["securityContact", "https://acme.com/\n", "an e-mail address or"],
  ["allowedOrigins", ["https://*.app.acme.com"], 'allowedOrigins.0 is "https://*.app.acme.com".'],
  ["allowedOrigins", ["https://a.com", "https://a.com"], "a list of exact origins such as"],
  ["allowedOrigins", ["https://192.168.1.10"], 'allowedOrigins.0 is "https://192.168.1.10".'],
  ["countries", ["GB", "GB"], 'each once, not ["GB","GB"].'],
  ["defaultCountry", "FR", "must name open countries, and countries does not list FR"],
  ["voice", { from: "+447400123456", countries: ["FR"] }, "countries does not list FR"],
  [
    "spend",
    spendWith({ FR: { dollarsPerHour: 1, dollarsPerDay: 2 } }),
    "name open countries, and countries does not list FR.",
  ],
  [
    "spend",
    spendWith({ GB: { dollarsPerHour: 9, dollarsPerDay: 2 } }),
    "give GB a day of at least its hour, and 9 is above 2.",
  ],
  [
    "spend",
    spendWith({ GB: { dollarsPerHour: 76, dollarsPerDay: 77 } }),
    "give GB no more than all countries together have, which is 75 an hour",
  ],
  ["sendThrottle", rateOf(51, 50), "within throttle, and its requestsPerSecond of 51 is above 50."],
  ["throttle", rateOf(5_000_000, 100), "to 100000; throttle.requestsPerSecond is 5000000."],
  ["proofKeys", "arn:aws:kms:", "one or two numbers from 1 to 99, the older first"],
  ["production", false, "true in a stage of this name, not false."],
  ["clientAddressHeader", headerOf("cloudfront-viewer-address"), "alone where the firewall counts"],
  ["production", "yes", "true or false"],
  ["colour", "red", "is no field of a stage."],
  ["constructor", 1, "is no field of a stage."],
  ["brand", " ", 'no space at an end, not " ".'],
  ["brand", "Acme ", "no space at an end"],
  ["brand", () => "Acme", "not [Function"],
  ["allowedOrigins", ["https://localhost."], 'allowedOrigins.0 is "https://localhost.".'],
  ["allowedOrigins", ["https://intranet"], 'allowedOrigins.0 is "https://intranet".'],
  ["senders", { GB: { from: "+4407700900123" } }, 'senders.GB.from is "+4407700900123".'],
  ["senders", { GB: { from: "+15005550006" } }, "and +15005550006 is one for tests or fiction."],
  ["spend", { dollarsPerHour: Number.NaN }, "spend.dollarsPerHour is NaN."],
  ["spend", { dollarsPerHour: 75 }, "spend.dollarsPerDay is missing."],
  ["spend", { ...STAGES.prod.spend, perDay: 1 }, "spend.perDay is no field there."],
  ["challenge", challengeOf("turnstile", "1x0"), "siteKey (of that pro"],
  ["challenge", challengeOf("turnstile", "1x0"), "siteKey: '1x0'"],
  ["challenge", challengeOf("turnstile", "0x4AAAAAAADnPIDROrmt1Wwj", ["a.b"]), "androidPackages"],
];

describe("a wrong stage", () => {
  it.each(WRONG)("is refused in one sentence: %s %j", (field, value, part) => {
    const { [field]: _, ...rest }: Readonly<Record<string, unknown>> = STAGES.prod;
    const stage = value === undefined ? rest : { ...rest, [field]: value };
    expect(() => validateStage("prod", stage)).toThrow(part);
    const sentence = new RegExp(`^Stage prod: ${field}\\b[^\n]+\\.$`);
    expect(() => validateStage("prod", stage)).toThrow(sentence);
  });

  it("is refused if a row of prices lacks a channel that is open in the country", () => {
    const stage = { ...STAGES.dev, prices: { GB: { sms: 45_000 } } };
    expect(() => validateStage("dev", stage)).toThrow(/give GB a price of whatsapp, which .+\.$/);
  });

  it.each(["Prod", "x", "prod-eu", "a".repeat(13)])("may not be called %s", (name) => {
    expect(() => validateStage(name, STAGES.dev)).toThrow(`Stage ${name}: its name must be`);
  });

  it.each([null, undefined, [], "dev", 7])("may not be %j", (stage) => {
    expect(() => validateStage("dev", stage)).toThrow("it must be an object with the settings");
  });

  it.each([
    // That host is short enough where the stage speaks only English; an app has its exact name.
    { locales: ["en-GB"], androidAppHash: "FA+9qCX9VSu", allowedOrigins: [LONG_ORIGIN] },
    { clientAddressHeader: headerOf("x-azure-clientip") },
    { clientAddressHeader: headerOf("rlnclientipaddr") },
    { allowedOrigins: ["https://app.acme.com", "capacitor://localhost", "https://localhost"] },
    { domain: { name: "verify.acme.xn--p1ai", certificateArn: ARN }, alertEmail: "a@b.xn--p1ai" },
    { securityContact: "https://acme.com", problemDocsUrl: "https://docs.acme.com/?code=" },
    { spend: { ...STAGES.prod.spend, dollarsPerDay: 2e5, because: "Three million a day." } },
    { challenge: challengeOf("turnstile", "0x4AAAAAAADnPIDROrmt1Wwj") },
    { challenge: challengeOf("hcaptcha", "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0") },
    { challenge: challengeOf("recaptcha", `6L${"c".repeat(38)}`, ["com.example.app"]) },
  ])("is right with %j", (change) => {
    expect(() => validateStage("prod", { ...STAGES.prod, ...change })).not.toThrow();
  });

  it("may be any other, with any name, that a user adds", () => {
    expect(() => validateStage("demo2", { ...STAGES.dev, brand: "Demo" })).not.toThrow();
  });
});

describe("the other apps of a stage", () => {
  const withApps = (apps: unknown, spend = {}) => ({
    ...STAGES.prod,
    apps,
    spend: { ...STAGES.prod.spend, ...spend },
  });
  it.each<[string, unknown, string]>([
    ["an origin of another", { allowedOrigins: STAGES.prod.allowedOrigins }, "allowedOrigins of"],
    ["the audience of another", { proofAudience: "latchkey" }, "proofAudience of their own"],
    ["a private origin", { allowedOrigins: ["https://10.0.0.1"] }, "app shop: allowedOrigins must"],
    ["a long host", { allowedOrigins: [LONG_ORIGIN] }, "app shop: "],
    ["a brand that is none", { brand: "Ünicode" }, "apps must be"],
    ["a setting of the stage", { countries: ["GB"] }, "apps must be"],
    ["a refused sender", { senders: { US: { from: "Acme" } } }, "app shop: senders must"],
  ])("are refused with %s", (_, settings, sentence) => {
    const stage = withApps({ shop: { ...APP, ...Object(settings) } });
    expect(() => validateStage("prod", stage)).toThrow(sentence);
  });

  it.each(["main", "Shop", "a b", "x".repeat(21), "__proto__x"])("may not be called %s", (name) => {
    expect(() => validateStage("prod", withApps({ [name]: APP }))).toThrow("apps must be");
  });

  it("have caps within that of all, and only apps have one", () => {
    const capped = (apps: unknown) => withApps({ shop: APP }, { apps });
    expect(() => validateStage("prod", capped({ shop: 100, main: 200 }))).not.toThrow();
    expect(() => validateStage("prod", capped({ shop: 301 }))).toThrow("no app more than all");
    expect(() => validateStage("prod", capped({ shops: 1 }))).toThrow("does not list shops");
    expect(() => validateStage("prod", { ...capped({ main: 1 }), apps: undefined })).toThrow();
  });

  it("may be native clients alone, without a page", () => {
    const taxi = { ...APP, allowedOrigins: [], nativeApps: true };
    expect(() => validateStage("prod", withApps({ taxi }))).not.toThrow();
  });
});

describe("the challenge and the known numbers of production", () => {
  const { challenge: _, ...bare } = STAGES.prod;
  it("without a challenge is refused, unless it gives the reason", () => {
    expect(() => validateStage("prod", bare)).toThrow(/^Stage prod: challenge must be a challenge/);
    const off = { off: true, because: "Every page has its own already." };
    expect(() => validateStage("prod", { ...bare, challenge: off })).not.toThrow();
    expect(() => validateStage("prod", { ...bare, challenge: { off: true } })).toThrow("challenge");
  });

  it("keeps at most half of its money for known numbers", () => {
    const stage = { ...STAGES.prod, knownNumbers: { perDay: 2_501 } };
    expect(() => validateStage("prod", stage)).toThrow("at most half of the day's cap");
    expect(() =>
      validateStage("prod", { ...stage, knownNumbers: { perDay: 2_500 } }),
    ).not.toThrow();
  });
});

describe("what stands in production only as an example", () => {
  it("is named, so that a deployment can refuse it", () => {
    expect(placeholdersOf(STAGES.prod)).toEqual([
      ...["brand", "allowedOrigins", "proofAudience", "alertEmail", "securityContact"],
      "challenge",
    ]);
    const stage: Stage = { ...STAGES.prod, allowedOrigins: ["https://app.example.com"] };
    expect(placeholdersOf(stage)).toContain("allowedOrigins");
  });

  it("is nothing once it is replaced, and nothing in development", () => {
    const stage: Stage = {
      ...STAGES.prod,
      brand: "Acme",
      proofAudience: "acme",
      allowedOrigins: ["https://app.acme.com"],
      problemDocsUrl: "https://docs.acme.com/example/README.md#",
      alertEmail: "oncall@acme.com",
      securityContact: "https://acme.com/security",
      challenge: { off: true, because: "Its pages have one of their own." },
    };
    expect(placeholdersOf(stage)).toEqual([]);
    expect(placeholdersOf(STAGES.dev)).toEqual([]);
  });
});

it("the name of a stage is a key of the stages and nothing else", () => {
  const names = ["dev", "staging", "prod", "production", "toString", "", 7, undefined];
  expect(names.filter(isStageName)).toEqual(["dev", "staging", "prod"]);
});
