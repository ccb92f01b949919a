import { mac } from "./code.ts";
import {
  isVerificationId,
  type Mac,
  type Phone,
  type Sealed,
  type VerificationId,
  wellFormed,
} from "./identifiers.ts";
import type { Key, Keys, Newest, Random } from "./ports.ts";
import { seal, unseal } from "./seal.ts";

/** Reads it from the item of the number, into which the start has written it beside its turn. */
export type NewestStore = {
  readonly readNewest: (number: Mac, app: string) => Promise<Sealed | undefined>;
};

export function sealNewest(
  index: Key,
  { app, number, id }: { readonly app: string; readonly number: Mac; readonly id: VerificationId },
  random: Pick<Random, "bytes">,
): Newest {
  return { app, sealed: seal(keyOfApp(index, app), number, id, random) };
}

/** The id of the newest verification of a number that this app has started, if there is one. Its own item states whether it is pending. */
export async function newestOf(
  { numbers, keys }: { readonly numbers: NewestStore; readonly keys: Pick<Keys, "index"> },
  { app, to }: { readonly app: string; readonly to: Phone },
): Promise<VerificationId | undefined> {
  const index = await keys.index();
  const number = mac(index, ["number", to]);
  const sealed = await numbers.readNewest(number, app);
  if (sealed === undefined) return undefined;
  return wellFormed(unseal(keyOfApp(index, app), number, sealed), isVerificationId, "an id");
}

function keyOfApp(index: Key, app: string): Key {
  return Buffer.from(mac(index, ["newest", app]), "base64url");
}
