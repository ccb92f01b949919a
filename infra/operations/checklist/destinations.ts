import { at, resourcesOf } from "../template.ts";
import { type Evidence, type Finding, faultsOf, type Question } from "./question.ts";

const TOPIC = "Destinations and money";

export const DESTINATION_QUESTIONS: readonly Question[] = [
  {
    id: "destinations",
    topic: TOPIC,
    asks: "Are premium-rate numbers blocked, and UK mobiles the only ones sent to?",
    find: destinations,
    enforced: ["functions/verification/phone-policy.ts", "functions/policy/destinations.ts"],
    tested: ["test/unit/verification/phone-policy.test.ts"],
  },
  {
    id: "credentials",
    topic: TOPIC,
    asks: "Does only production send for real?",
    find: credentials,
    enforced: [
      "functions/adapters/twilio-credentials.ts",
      "infra/operations/twilio-probe.ts",
      "infra/stages.ts",
    ],
    tested: ["test/unit/adapters/twilio-credentials.test.ts", "test/operations/secrets.test.ts"],
  },
];

/** One of each kind that takes money or is no mobile of the UK. Ofcom's National Telephone Numbering Plan names the ranges. */
const NEVER: Readonly<Record<string, string>> = {
  "premium rate, 090": "+449098790000",
  "premium rate, 098": "+449818790000",
  "service, 0871": "+448712345678",
  "shared cost, 0845": "+448451234567",
  "personal, 070": "+447012345678",
  "pager, 076": "+447640123456",
  "corporate, 0555": "+445512345678",
  "VoIP, 056": "+445612345678",
  "freephone, 0800": "+448001234567",
  "national, 03": "+443001234567",
  "landline, 020": "+442079460018",
  "Jersey mobile": "+447797123456",
  "Guernsey mobile": "+447781123456",
  "Isle of Man mobile": "+447624123456",
  France: "+33612345678",
  "United States": "+12025550123",
  satellite: "+881612345678",
  "international premium": "+979123456789",
  "international networks": "+882345678901",
};

/** A mobile of a block that Ofcom has given to an operator. */
const MOBILE = "+447712345678";
const FICTIONAL = "+447700900123";

function destinations({ stage, template, policies: { judgePhone } }: Evidence): Finding {
  const fictionalNumbers = fictionAccepted(template);
  const isSent = (number: string) => judgePhone(number, { fictionalNumbers }).kind === "accepted";
  const sent = Object.entries(NEVER).filter(([, number]) => isSent(number));
  const count = Object.keys(NEVER).length;
  return {
    value: `${count - sent.length} of ${count} other kinds of number refused; UK mobiles taken`,
    faults: [
      ...sent.map(([kind]) => `${kind}: a code would be sent`),
      ...faultsOf({
        "UK mobiles are refused": !isSent(MOBILE),
        "production sends to numbers of fiction": stage.production && isSent(FICTIONAL),
      }),
    ],
  };
}

function variables({ template }: Pick<Evidence, "template">, name: string): readonly unknown[] {
  return resourcesOf(template, "AWS::Lambda::Function").flatMap(({ Properties }) => {
    const all: unknown = at(Properties, "Environment", "Variables");
    return at(all, name) === undefined ? [] : [at(all, name)];
  });
}

function fictionAccepted(template: Evidence["template"]): boolean {
  return variables({ template }, "FICTIONAL_NUMBERS").includes("accepted");
}

function credentials({ stage, template }: Evidence): Finding {
  const modes = variables({ template }, "TWILIO_MODE");
  const holders = variables({ template }, "TWILIO_SECRET_ARN");
  const isLive = modes.some((mode) => mode !== "test");
  const because = stage.twilio === "test" ? "" : stage.twilio.because.trim();
  return {
    value: isLive
      ? `live credentials: ${because === "" ? "no reason given" : because}`
      : "test credentials only; functions refuse live ones",
    faults: faultsOf({
      "a function that sends takes credentials of any mode":
        modes.length < holders.length || holders.length === 0,
      "production has test credentials, so nobody gets a code":
        stage.production && modes.includes("test"),
      "live credentials have no written reason": isLive && because === "",
    }),
  };
}
