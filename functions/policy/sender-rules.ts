import type { Country } from "./destinations.ts";

/**
 * The demands of a country's carriers on the sender of an SMS. Data only, as of 2026-11-28. A country without a row demands nothing that is
 * known here: Twilio's page of the country has more, https://www.twilio.com/en-us/guidelines/sms
 */
export type SenderRule = {
  /** A sender of letters is refused, must be registered, or perhaps must be (then nothing is refused here). */
  readonly letters: "refused" | "registered" | "perhaps-registered" | "free";
  /** A number must be registered too. */
  readonly numbers?: "registered";
  /** Letters and digits alone: no spaces, no punctuation. */
  readonly isPlain?: true;
  /** Numbers from which no code arrives. */
  readonly refusedNumbers?: RegExp;
  /** Since when carriers enforce it; absent where no date was found. */
  readonly since?: string;
  /** The steps that meet the demand. */
  readonly fix: string;
  readonly source: string;
};

const NORTH_AMERICA = {
  letters: "refused",
  numbers: "registered",
  fix: "use a Messaging Service with an approved A2P 10DLC campaign (10 to 15 business days), a verified toll-free number, or a short code",
  source: "Twilio's compliance onboarding; errors 30034 and 30032",
} as const satisfies SenderRule;

const REGISTERED = "register the sender with Twilio (Console, Messaging, Regulatory compliance)";

export const SENDER_RULES: Readonly<Partial<Record<Country, SenderRule>>> = {
  US: NORTH_AMERICA,
  CA: NORTH_AMERICA,
  ES: {
    letters: "registered",
    since: "2026-09-15",
    fix: REGISTERED,
    source: "AWS End User Messaging user guide, registration of sender ids in Spain",
  },
  FR: {
    letters: "free",
    isPlain: true,
    refusedNumbers: /^\+33[67]/,
    since: "2026-03-01",
    fix: "use letters and digits alone, and no French mobile number",
    source: "linkmobility.com; support.twilio.com 223133827",
  },
  IN: {
    letters: "registered",
    fix: "register the entity and the text, and put the sender into a Messaging Service",
    source:
      "support.twilio.com 21162166457755; unsure, since twilio.com/guidelines/in/sms calls registered ids unsupported",
  },
  SG: {
    letters: "registered",
    fix: REGISTERED,
    source: "AWS and Twilio name the registration; since when is unsure",
  },
  GB: {
    letters: "perhaps-registered",
    fix: REGISTERED,
    source: "repost.aws describes a registration and no date of enforcement",
  },
};

/** A sender of letters: 1 to 11 letters, digits, spaces and `& _ + -`, with a letter among them. https://www.twilio.com/docs/glossary/what-alphanumeric-sender-id */
export const SENDER_OF_LETTERS = /^(?!\+)(?=.*[A-Za-z])[A-Za-z0-9 &_+-]{1,11}$/;
