import type { Client } from "../client.ts";
import type { Session } from "../outcomes.ts";

/** The state that a reload of the page restores: the verification under way and its owner. No number, and a code only while its check has no answer. */
export type Kept = {
  readonly keep: (session: Session, nonce: string | undefined) => void;
  /** The session that was kept for the same nonce: a proof with another one would be refused by the page's back end. */
  readonly recall: (client: Client, nonce: string | undefined) => Session | undefined;
  readonly forget: () => void;
};

/** In the storage of this tab; without storage nothing is stored. */
export function createKept(name: string): Kept {
  return {
    keep: (session, nonce) =>
      trying(() => sessionStorage.setItem(name, JSON.stringify({ nonce, session }))),
    recall: (client, nonce) =>
      trying(() => {
        const kept: unknown = JSON.parse(sessionStorage.getItem(name) ?? "null");
        const isOurs = Object(kept).nonce === nonce;
        return isOurs ? client.resume(JSON.stringify(Object(kept).session)) : undefined;
      }),
    forget: () => trying(() => sessionStorage.removeItem(name)),
  };
}

/** A browser that blocks storage throws when the property is read. */
function trying<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
