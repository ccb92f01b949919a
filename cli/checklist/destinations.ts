import type { Country } from "../../functions/policy/destinations.ts";
import { phoneSettings } from "../../functions/verification/phone-policy.ts";
import type { PhoneSettings } from "../../functions/verification/phone-verdict.ts";
import { namedSenders, senderText, unnamedSenders } from "../../infra/sender-faults.ts";
import { spendTermsOf } from "../../infra/sending-terms.ts";
import { at, resourcesOf } from "../template.ts";
import { type Evidence, type Finding, faultsOf } from "./question.ts";

type Never = { readonly number: string; readonly opened?: (stage: Evidence["stage"]) => boolean };
const country =
  (name: Country): NonNullable<Never["opened"]> =>
  ({ countries }) =>
    countries.includes(name);

/** One number of each kind that charges a premium or is no mobile number of the UK. Ofcom's National Telephone Numbering Plan names the ranges. */
const NEVER: Readonly<Record<string, Never>> = {
  "premium rate, 090": { number: "+449098790000" },
  "premium rate, 098": { number: "+449818790000" },
  "service, 0871": { number: "+448712345678" },
  "shared cost, 0845": { number: "+448451234567" },
  "personal, 070": { number: "+447012345678" },
  "pager, 076": { number: "+447640123456" },
  "corporate, 0555": { number: "+445512345678" },
  "VoIP, 056": { number: "+445612345678" },
  "freephone, 0800": { number: "+448001234567" },
  "national, 03": { number: "+443001234567" },
  "landline, 020": { number: "+442079460018" },
  "a block without a holder": {
    number: "+447100123456",
    opened: ({ unallocatedBlocks }) => unallocatedBlocks === "count",
  },
  "Jersey mobile": { number: "+447797123456", opened: country("JE") },
  "Guernsey mobile": { number: "+447781123456", opened: country("GG") },
  "Isle of Man mobile": { number: "+447624123456", opened: country("IM") },
  France: { number: "+33612345678", opened: country("FR") },
  "United States": { number: "+12025550123", opened: country("US") },
  satellite: { number: "+881612345678" },
  "international premium": { number: "+979123456789" },
  "international networks": { number: "+882345678901" },
};

/** A mobile number of a block that Ofcom has allocated. */
const MOBILE = "+447712345678";
const FICTIONAL = "+447700900123";

export function destinations(evidence: Evidence): Finding {
  try {
    return judged(evidence, settingsIn(evidence));
  } catch (fault) {
    const why = fault instanceof Error ? fault.message : "";
    return { value: "unknown", faults: [`the functions that send do not start: ${why}`] };
  }
}

/** The phone settings as the functions read them from their environment. */
function settingsIn(evidence: Evidence): PhoneSettings {
  const variable = (name: string) => {
    const [text] = variables(evidence, name);
    return typeof text === "string" ? text : "";
  };
  return phoneSettings({
    fictionalNumbers: variable("FICTIONAL_NUMBERS"),
    countries: variable("PHONE_COUNTRIES"),
    unallocatedBlocks: variable("UNALLOCATED_BLOCKS"),
    defaultCountry: variable("DEFAULT_COUNTRY"),
  });
}

function judged({ stage, policies: { judgePhone } }: Evidence, settings: PhoneSettings): Finding {
  const isSent = (number: string) => judgePhone(number, settings).kind === "accepted";
  const others = Object.entries(NEVER).filter(([, { opened }]) => opened?.(stage) !== true);
  const sent = others.filter(([, { number }]) => isSent(number));
  const { countries = [], unallocatedBlocks } = settings;
  const blocks = unallocatedBlocks === "count" ? ", unallocated UK blocks too" : "";
  return {
    value: `${others.length - sent.length} of ${others.length} other kinds of number refused; mobiles of ${countries.join(" and ")} taken${blocks}`,
    faults: [
      ...sent.map(([kind]) => `${kind}: a code would be sent`),
      ...faultsOf({
        "UK mobiles are refused": country("GB")(stage) && !isSent(MOBILE),
        "production sends to numbers of fiction": stage.production && isSent(FICTIONAL),
      }),
    ],
  };
}

/** Synthesis has refused a named sender that its country does not take. */
export function senders({ stage }: Evidence): Finding {
  const named = namedSenders(stage).map(
    ([country, sender]) => `${country} by ${senderText(sender)}`,
  );
  const unnamed = unnamedSenders(stage);
  const perhaps = unnamed.filter(([, { letters }]) => letters === "perhaps-registered");
  return {
    value: [
      ...named,
      named.length === stage.countries.length ? [] : ["the others by the sender of the secret"],
      perhaps.map(([country]) => `${country} may demand registration of letters, which is unsure`),
    ]
      .flat()
      .join("; "),
    faults: unnamed
      .filter((one) => !perhaps.includes(one))
      .map(
        ([country, { fix, source }]) =>
          `${country} has no sender of its own in senders, and not every one is taken there (${source}): ${fix}`,
      ),
  };
}

/** Every function that sends has the caps. The environment of each is asserted by test/infra/functions.test.ts. */
export function bill({ stage }: Evidence): Finding {
  const { prices, keptForTickets } = spendTermsOf(stage);
  return {
    value: `${stage.spend.dollarsPerDay} dollars a day and ${stage.spend.dollarsPerHour} an hour, reserved before each message; ${keptForTickets * 100} % kept for people who return`,
    faults: [
      ...stage.countries
        .filter((one) => prices[one] === undefined)
        .map((one) => `${one} has no price`),
      ...faultsOf({
        "in production nothing is kept for people who return":
          stage.production && keptForTickets === 0,
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

export function credentials({ stage, template }: Evidence): Finding {
  const modes = variables({ template }, "TWILIO_MODE");
  const holders = variables({ template }, "TWILIO_SECRET_ARN");
  const reach = variables({ template }, "TWILIO_RECIPIENTS");
  const isLive = modes.some((mode) => mode !== "test");
  const because = stage.twilio === "test" ? "" : stage.twilio.because.trim();
  return {
    value: isLive
      ? `live credentials: ${because === "" ? "no reason given" : because}`
      : "test credentials only; functions refuse live ones",
    faults: faultsOf({
      "live credentials outside production may reach anyone":
        isLive &&
        !stage.production &&
        (reach.length === 0 || reach.some((one) => one !== "listed")),
      "a function that sends takes credentials of any mode":
        modes.length < holders.length || holders.length === 0,
      "production has test credentials, so no code is delivered":
        stage.production && modes.includes("test"),
      "live credentials have no written reason": isLive && because === "",
    }),
  };
}
