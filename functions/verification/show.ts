import type { ChannelSettings } from "./channels.ts";
import { openContents } from "./contents.ts";
import { epochOf, isWithinReach, keyOf, type VerificationId } from "./identifiers.ts";
import type { Refusal } from "./outcomes.ts";
import type { Clock, Keys, VerificationStore } from "./ports.ts";
import { type VerificationView, viewOf } from "./view.ts";

type ShowDeps = {
  readonly verifications: Pick<VerificationStore, "read">;
  readonly keys: Pick<Keys, "seal">;
  readonly clock: Clock;
  readonly keyEpoch: number;
  /** The name of the app whose requests these are; nothing for the stage's own. */
  readonly app?: string | undefined;
  readonly channels: ChannelSettings;
};

export type Shown = { readonly kind: "shown"; readonly view: VerificationView };

/** The state of a verification, for the holder of its id. */
export async function show(
  { verifications, keys, clock, keyEpoch, app, channels }: ShowDeps,
  { id }: { readonly id: VerificationId },
): Promise<Shown | Refusal> {
  if (!isWithinReach(id, { keyEpoch, app }))
    return { kind: "refused", why: "verification-not-found" };
  const [item, sealKey] = await Promise.all([
    verifications.read(keyOf(id)),
    keys.seal(epochOf(id)),
  ]);
  if (item === undefined) return { kind: "refused", why: "verification-not-found" };
  const { to } = openContents(sealKey, { id, purpose: item.purpose }, item.sealed);
  return { kind: "shown", view: viewOf(item, { id, to, now: clock(), channels }) };
}
