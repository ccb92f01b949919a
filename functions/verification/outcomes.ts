import type { RefusalReason } from "../policy/special-numbers.ts";
import type { ChallengeWidget } from "./challenge.ts";
import type { SendRefusal } from "./ports.ts";
import type { Channel, Instant, Status } from "./verification.ts";

/** Why a request was refused. Each is a row of the table of problems with the same name. */
export type Refusal =
  | {
      readonly kind: "refused";
      readonly why:
        | SendRefusal
        | "verification-not-found"
        | "code-malformed"
        | "request-in-progress"
        | "idempotency-key-reused"
        | "sending-paused";
      /** Beside "phone-not-allowed", if the policy refused and not the provider. */
      readonly reason?: RefusalReason;
      /** Beside "channel-not-available" and "recipient-opted-out": the other channels of this number. */
      readonly channels?: readonly Channel[];
    }
  | {
      readonly kind: "refused";
      readonly why: "too-many-requests" | "too-many-sends" | "number-locked" | "sending-paused";
      readonly retryAt: Instant;
    }
  | {
      readonly kind: "refused";
      readonly why: "challenge-required";
      readonly challenge: ChallengeWidget;
    }
  | {
      readonly kind: "refused";
      readonly why: "verification-ended";
      readonly status: Exclude<Status, "pending">;
    };
