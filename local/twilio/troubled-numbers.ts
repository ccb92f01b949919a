/** What becomes of a message to a number that is not well. */
export type Trouble =
  /** Twilio refuses it at once, with this error. */
  | { readonly kind: "refused"; readonly code: number }
  /** Twilio has a fault of its own, and nobody knows about the message: here it was not sent. */
  | { readonly kind: "broken" }
  /** The message arrives, and the answer that says so never comes. */
  | { readonly kind: "unanswered" }
  /** Twilio accepts it, and no phone ever sees it. */
  | { readonly kind: "lost" };

/**
 * Numbers of fiction that go wrong, so that a front end can be tried with every end that sending has. Of this twin only: at Twilio they are
 * numbers like all others.
 */
export const TROUBLED_NUMBERS: Readonly<Record<string, Trouble>> = {
  "+447700900990": { kind: "lost" },
  "+447700900991": { kind: "refused", code: 21_610 },
  "+447700900992": { kind: "refused", code: 21_614 },
  "+447700900993": { kind: "refused", code: 21_408 },
  "+447700900994": { kind: "refused", code: 21_611 },
  "+447700900995": { kind: "broken" },
  "+447700900996": { kind: "unanswered" },
};
