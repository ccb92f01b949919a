import type { Disturbance } from "./disturbances.ts";
import type { MessageStatus } from "./messages.ts";

/** A status, and how long after its acceptance a message has it. */
export type Step = {
  readonly status: MessageStatus;
  readonly afterMilliseconds: number;
  readonly errorCode?: number | undefined;
};

/** Twilio's callbacks of one message. Their order is not promised, nor that one comes once, or ever. */
export type CallbackPlan = readonly Step[];

const SENDING: Step = { status: "sending", afterMilliseconds: 0 };
const SENT: Step = { status: "sent", afterMilliseconds: 10 };
const DELIVERED: Step = { status: "delivered", afterMilliseconds: 30 };

/** The sequences of callbacks. https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks */
export const CALLBACK_PLANS = {
  usual: [SENDING, SENT, DELIVERED],
  late: [SENDING, SENT, { ...DELIVERED, afterMilliseconds: 1_000 }],
  twice: [SENT, SENT, DELIVERED, DELIVERED],
  "out of order": [
    { ...DELIVERED, afterMilliseconds: 0 },
    { ...SENT, afterMilliseconds: 20 },
  ],
  never: [],
} as const satisfies Readonly<Record<string, CallbackPlan>>;

/** WhatsApp reports that a person has read it. People read within a few seconds, or not at all. */
const READ_AFTER_SECONDS = 3;
const READ: MessageStatus = "read";

/** The course of an accepted message. */
export type Course = {
  /** The time until it reaches its phone; `undefined` if it never does. */
  readonly arrivesAfterMilliseconds: number | undefined;
  /** The statuses at Twilio, with their times. */
  readonly steps: readonly Step[];
  /** The reports of Twilio, with their times. */
  readonly callbacks: CallbackPlan;
};

type Kind = {
  readonly channel: "sms" | "whatsapp";
  /** A service chooses its sender first, so that the message is accepted before it is queued. */
  readonly hasService: boolean;
  readonly secondMilliseconds: number;
};

/** The course of a message under what disturbs it. */
export function courseOf(disturbance: Disturbance, kind: Kind): Course {
  const { end, isLost = false, lateSeconds = 0 } = disturbance;
  const lateMilliseconds = lateSeconds * kind.secondMilliseconds;
  const steps = stepsOf(disturbance, kind).map((step) => ({
    ...step,
    // It is sent in time, and the network takes long.
    afterMilliseconds: step.afterMilliseconds + (isAtThePhone(step) ? lateMilliseconds : 0),
  }));
  return {
    arrivesAfterMilliseconds: isLost || end !== undefined ? undefined : lateMilliseconds,
    steps,
    callbacks: disturbed(steps, disturbance),
  };
}

function stepsOf({ end, isLost = false }: Disturbance, kind: Kind): readonly Step[] {
  const accepted: readonly Step[] = kind.hasService
    ? [{ status: "queued", afterMilliseconds: 0 }]
    : [];
  if (end?.status === "failed") return [...accepted, { ...SENT, ...end }];
  const sent = [...accepted, SENDING, SENT];
  if (isLost) return sent;
  if (end !== undefined) return [...sent, { ...DELIVERED, ...end }];
  if (kind.channel === "sms") return [...sent, DELIVERED];
  const readMilliseconds = READ_AFTER_SECONDS * kind.secondMilliseconds;
  return [
    ...sent,
    DELIVERED,
    { status: READ, afterMilliseconds: DELIVERED.afterMilliseconds + readMilliseconds },
  ];
}

function isAtThePhone({ status }: Step): boolean {
  return status === "delivered" || status === "undelivered" || status === READ;
}

/** Between the wrong order of two callbacks, so that they cannot overtake each other once more. */
const APART_MILLISECONDS = 20;

/** The callbacks as they come: some lost, some twice, the last two in the wrong order. */
function disturbed(
  steps: readonly Step[],
  { isReordered = false, isDuplicated = false, lostCallbacks = [] }: Disturbance,
): CallbackPlan {
  const heard = steps.filter((_, index) => lostCallbacks[index] !== true);
  const ordered = isReordered ? withLastTwoSwapped(heard) : heard;
  return isDuplicated ? ordered.flatMap((step) => [step, step]) : ordered;
}

function withLastTwoSwapped(steps: readonly Step[]): readonly Step[] {
  const [earlier, later] = steps.slice(-2);
  if (earlier === undefined || later === undefined) return steps;
  const { afterMilliseconds } = later;
  return [
    ...steps.slice(0, -2),
    later,
    { ...earlier, afterMilliseconds: afterMilliseconds + APART_MILLISECONDS },
  ];
}
