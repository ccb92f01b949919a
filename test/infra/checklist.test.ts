import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { checkedTemplate } from "../../cli/checklist/checked-template.ts";
import { factsOf } from "../../cli/checklist/facts.ts";
import { POLICIES, policiesOf } from "../../cli/checklist/policies.ts";
import type { Evidence } from "../../cli/checklist/question.ts";
import { answer, PROVEN, QUESTIONS } from "../../cli/checklist/questions.ts";
import { afterWords, answersJson, answersWords, failuresWords } from "../../cli/checklist/words.ts";
import { scopeTermsOf } from "../../infra/sending-terms.ts";
import { isStageName, STAGES, type Stage, type StageName } from "../../infra/stages.ts";

const ROOT = join(import.meta.dirname, "../..");
const NAMES: readonly StageName[] = Object.keys(STAGES).filter(isStageName);

const evidence = new Map<StageName, Evidence>();
for (const stageName of NAMES) {
  const stage = STAGES[stageName];
  const checked = await checkedTemplate(stageName);
  evidence.set(stageName, { stageName, stage, ...checked, policies: policiesOf(stage) });
}

function of(stageName: StageName): Evidence {
  const found = evidence.get(stageName);
  if (found === undefined) throw new Error(`no ${stageName}`);
  return found;
}

function faultsOf(id: string, found: Evidence): readonly string[] {
  const line = answer(found).find((one) => one.id === id);
  if (line === undefined) throw new Error(`no question ${id}`);
  return line.finding.faults;
}

describe.each(NAMES)("of the stage %s", (name) => {
  it.each(QUESTIONS.filter(({ id }) => id !== "own-values"))("the line $id holds", ({ id }) => {
    expect(faultsOf(id, of(name))).toEqual([]);
  });
});

it("finds the examples of production, which this repository comes with, and none elsewhere", () => {
  const faults = faultsOf("own-values", of("prod"));
  for (const field of ["brand", "proofAudience", "allowedOrigins", "challenge"])
    expect(faults).toContain(`${field} is still an example`);
  expect(faultsOf("own-values", of("dev"))).toEqual([]);
});

it("is asked under the limits of its stage", () => {
  const stage = { ...STAGES.prod, limits: { codeLifetimeSeconds: 180 } };
  const policies = policiesOf(stage);
  const expiry = QUESTIONS.find(({ id }) => id === "expire");
  expect(expiry?.find({ ...of("prod"), stage, policies }).value).toContain("180 seconds");
});

/** Breaks one property of what would be deployed. */
type Break = (evidence: Evidence) => Evidence;

function changing(type: string, change: (properties: Record<string, unknown>) => void): Break {
  return (found) => {
    const template = structuredClone(found.template);
    for (const resource of Object.values(template.Resources))
      if (resource.Type === type) change(resource.Properties);
    return { ...found, template };
  };
}
const without =
  (type: string): Break =>
  (found) => {
    const kept = Object.entries(found.template.Resources).filter(([, one]) => one.Type !== type);
    return { ...found, template: { Resources: Object.fromEntries(kept) } };
  };
const limit =
  (change: Partial<Evidence["policies"]["limits"]>): Break =>
  ({ policies, ...found }) => ({
    ...found,
    policies: { ...policies, limits: { ...policies.limits, ...change } },
  });
/** Sets a variable of the functions that have it. */
const variable = (name: string, value: unknown): Break =>
  changing("AWS::Lambda::Function", ({ Environment }) => {
    const variables = Object(Object(Environment)["Variables"]);
    if (name in variables) variables[name] = value;
  });
const stageWith =
  (change: Partial<Stage>): Break =>
  ({ stage, ...found }) => ({ ...found, stage: Object.assign({ ...stage }, change) });
const replicaWith = (change: Readonly<Record<string, unknown>>): Break =>
  changing("AWS::DynamoDB::GlobalTable", (properties) => {
    Object.assign(Object(properties["Replicas"])[0], change);
  });
const accepting = (number: string): Break =>
  judging((to, options) => POLICIES.judgePhone(to === number ? "+447712345678" : to, options));
const judging =
  (judgePhone: typeof POLICIES.judgePhone): Break =>
  (found) => ({ ...found, policies: { ...found.policies, judgePhone } });
const rows = (...pairs: readonly (readonly [max: number, windowSeconds: number])[]): Break =>
  limit({ sendsPerNumber: pairs.map(([max, windowSeconds]) => ({ max, windowSeconds })) });

/** The limits of production, some of them changed. */
function scopesWith(limitByKind: Readonly<Record<string, number>>, mode = "enforce"): Break {
  const { limits, ...rest } = scopeTermsOf(STAGES.prod);
  const changed = Object.entries(limits).map(([kind, row]) => [
    kind,
    { ...row, max: limitByKind[kind] ?? row.max, mode: kind.includes("country") ? mode : row.mode },
  ]);
  return variable("SCOPE_TERMS", JSON.stringify({ ...rest, limits: Object.fromEntries(changed) }));
}
const { ipv4: _, ...otherKinds } = POLICIES.limits.unverifiedSends;

/** What is broken in production, the line that turns, and its words. */
const BROKEN: readonly (readonly [id: string, what: string, broken: Break, words: RegExp])[] = [
  ["expire", "ten minutes", limit({ codeLifetimeSeconds: 600 }), /600 seconds/],
  ["expire", "a second", limit({ codeLifetimeSeconds: 1 }), /1 seconds/],
  ["expire", "a proof for a day", limit({ proofLifetimeSeconds: 86_400 }), /a proof lives 86400/],
  ["guesses", "six checks", limit({ checksPerVerification: 6 }), /6 checks are more than 5/],
  [
    "guesses",
    "eleven messages a day",
    limit({ sendsPerNumberWithTicket: [{ max: 11, windowSeconds: 86_400 }] }),
    /a day is more than 0.005 %/,
  ],
  ["guesses", "a late lock", limit({ consecutiveFailures: 90 }), /104 failures in a row/],
  ["per-number", "no row for half a minute", rows([3, 600], [7, 86_400]), /3 messages in 30 s/],
  ["per-number", "no row for ten minutes", rows([1, 30], [7, 86_400]), /7 messages in 10 min/],
  ["per-number", "no row for a day", rows([1, 30], [3, 600]), /432 messages in 24 h/],
  ["per-client", "no limit", limit({ unverifiedSends: otherKinds }), /ipv4 starts without limit/],
  [
    "per-client",
    "a window of a second",
    limit({ unverifiedSends: { ...otherKinds, ipv4: { max: 30, windowSeconds: 1 } } }),
    /ipv4 starts without limit/,
  ],
  [
    "per-client",
    "no firewall",
    stageWith({ firewall: { off: true, because: "dear" } }),
    /production has no firewall/,
  ],
  ["shared-scopes", "no limits", variable("SCOPE_TERMS", undefined), /sends without limits/],
  ["shared-scopes", "a large range", scopesWith({ range: 1_000_000 }), /range allows \d+ unver/],
  ["shared-scopes", "a watched country", scopesWith({}, "watch"), /is watched only/],
  ["destinations", "a premium number", accepting("+449098790000"), /premium rate, 090: a code/],
  ["destinations", "a landline", accepting("+442079460018"), /landline/],
  ["destinations", "Jersey", accepting("+447797123456"), /Jersey/],
  [
    "destinations",
    "another country than the stage's",
    variable("PHONE_COUNTRIES", "GB,FR"),
    /France: a code would be sent/,
  ],
  [
    "destinations",
    "unallocated blocks",
    variable("UNALLOCATED_BLOCKS", "count"),
    /a block without a holder: a code would be sent/,
  ],
  [
    "destinations",
    "a choice that is none",
    variable("UNALLOCATED_BLOCKS", "perhaps"),
    /do not start: unallocated blocks are refused or counted, not "perhaps"/,
  ],
  ["destinations", "no countries", variable("PHONE_COUNTRIES", undefined), /"" is no country/],
  [
    "destinations",
    "no number at all",
    judging(() => ({ kind: "refused", why: "phone-invalid" })),
    /UK mobiles are refused/,
  ],
  ["destinations", "fiction", variable("FICTIONAL_NUMBERS", "accepted"), /numbers of fiction/],
  [
    "senders",
    "a country without a named sender",
    stageWith({ countries: ["GB", "US"] }),
    /^US has no sender of its own .* A2P 10DLC campaign/,
  ],
  ["bill", "a country without a price", stageWith({ countries: ["GB", "ZW"] }), /ZW has no price/],
  [
    "bill",
    "nothing kept for people who return",
    stageWith({ spend: { ...STAGES.prod.spend, keptForTickets: 0 } }),
    /nothing is kept/,
  ],
  ["credentials", "any mode", variable("TWILIO_MODE", undefined), /credentials of any mode/],
  ["credentials", "test credentials", variable("TWILIO_MODE", "test"), /no code is delivered/],
  ["credentials", "no reason", stageWith({ twilio: { live: true, because: " " } }), /no written/],
  ["alarmed", "no recipient", without("AWS::SNS::Subscription"), /alarms have no recipient/],
  ["kept", "no recovery", replicaWith({ PointInTimeRecoverySpecification: {} }), /be recovered/],
  ["kept", "no protection", replicaWith({ DeletionProtectionEnabled: false }), /can be deleted/],
  ["kept", "no table", without("AWS::DynamoDB::GlobalTable"), /there is no table/],
];

describe("a line turns", () => {
  it.each(BROKEN)("%s with %s", (id, _what, broken, words) => {
    expect(faultsOf(id, broken(of("prod"))).join("\n")).toMatch(words);
  });

  it.each(QUESTIONS.flatMap(({ id, rules = [] }) => rules.map((rule) => [id, rule] as const)))(
    "%s with a finding of %s, and no other line does",
    (id, rule) => {
      const findings = [{ rule, words: "found" }];
      const turned = answer({ ...of("staging"), findings }).filter(({ holds }) => !holds);
      expect(turned.map((one) => [one.id, one.finding.faults])).toEqual([[id, ["found"]]]);
    },
  );

  it("checks with a finding that no other line names", () => {
    const findings = [{ rule: "F3002", words: "found" }];
    expect(faultsOf("checks", { ...of("prod"), findings })).toEqual(["found"]);
  });

  it("by a break or by a rule, whichever it is", () => {
    const turning = new Set<string>(["checks", "own-values", ...BROKEN.map(([id]) => id)]);
    for (const { id, rules = [] } of QUESTIONS)
      expect([id, rules.length > 0 || turning.has(id)]).toEqual([id, true]);
    const guard = readFileSync(join(ROOT, "infra/latchkey.guard"), "utf8");
    for (const rule of QUESTIONS.flatMap(({ rules = [] }) => rules))
      if (!rule.startsWith("AwsSolutions")) expect(guard).toContain(`rule ${rule} when`);
  });

  it("in development with live credentials without a reason", () => {
    const live = variable("TWILIO_MODE", "live")(of("dev"));
    expect(faultsOf("credentials", live)).toContain("live credentials have no written reason");
  });

  it("in development with live credentials that reach anyone, or an unknown list", () => {
    const stage: Stage = { ...STAGES.dev, twilio: { live: true, because: "A handset is tried." } };
    const live: Evidence = { ...variable("TWILIO_MODE", "live")(of("dev")), stage };
    const words = "live credentials outside production may reach anyone";
    expect(faultsOf("credentials", live)).toEqual([words]);
    expect(faultsOf("credentials", variable("TWILIO_RECIPIENTS", undefined)(live))).toEqual([
      words,
    ]);
    expect(faultsOf("credentials", variable("TWILIO_RECIPIENTS", "listed")(live))).toEqual([]);
  });
});

describe("where messages go", () => {
  it("lists the countries and the blocks of the stage, and holds", () => {
    const { template, stage, ...rest } = variable(
      "UNALLOCATED_BLOCKS",
      "count",
    )(variable("PHONE_COUNTRIES", "GB,FR")(of("prod")));
    const opened: Stage = { ...stage, countries: ["GB", "FR"], unallocatedBlocks: "count" };
    const question = QUESTIONS.find(({ id }) => id === "destinations");
    const found = question?.find({ template, stage: opened, ...rest });
    expect(found?.faults).toEqual([]);
    expect(found?.value).toContain("mobiles of GB and FR");
    expect(found?.value).toContain("unallocated UK blocks too");
  });
});

describe("every line", () => {
  it.each(QUESTIONS)("$id names files that are there", ({ enforced, tested }) => {
    for (const [file = ""] of [enforced, tested]) expect(file).not.toBe("");
    for (const file of [...enforced, ...tested])
      expect([file, existsSync(join(ROOT, file))]).toEqual([file, true]);
  });

  it.each(PROVEN)("%s is proven by a test that is there: %s", (_asks, file) => {
    expect(existsSync(join(ROOT, file))).toBe(true);
  });
});

describe("the list", () => {
  it("prints the numbers, each fault and its place, and the same as JSON", () => {
    const found = limit({ codeLifetimeSeconds: 30 })(of("prod"));
    const answers = answer(found);
    const after = afterWords(PROVEN, factsOf(found));
    const text = stripVTControlCharacters(answersWords("about prod", answers, after));
    for (const part of [
      `about prod · ${QUESTIONS.length - 2} of ${QUESTIONS.length} hold`,
      "✗ Do codes expire?",
      "→ 30 seconds are not between 60 and 300",
      "✓ Is every connection HTTPS?",
      "in functions/policy/limits.ts, tested by test/unit/verification/check.test.ts",
      "· Are codes random? test/unit/verification/code.test.ts",
      "50 guesses a day: 0.005 %; 89 in a row at most: 0.0089 %",
      "$300.00: the spend cap, reserved before each message",
      "1,080,000 verifications a day from web pages, 4 requests each",
    ])
      expect(text).toContain(part);
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(132);
    const summary = stripVTControlCharacters(failuresWords("about prod", answers));
    expect(summary).toContain("✗ Do codes expire?");
    expect(summary).not.toContain("✓");
    const told = JSON.parse(answersJson("prod", answers, { facts: {} }));
    expect(told).toMatchObject({ stage: "prod", holds: false, facts: {} });
    expect(told.answers).toHaveLength(QUESTIONS.length);
    expect(told.answers[0]).toMatchObject({ id: "expire", holds: false });
    expect(told.answers[1]).toMatchObject({ id: "guesses", holds: true, faults: [] });
  });
});
