import { API_KEY_ITEM } from "../../functions/adapters/dynamodb/api-keys.ts";
import { CLAIM_ITEM } from "../../functions/adapters/dynamodb/claims.ts";
import { KEY_SENDS_ITEM } from "../../functions/adapters/dynamodb/key-sends.ts";
import { NUMBER_ITEM } from "../../functions/adapters/dynamodb/numbers.ts";
import { SCOPE_ITEM } from "../../functions/adapters/dynamodb/scopes.ts";
import { SWITCH_ITEM } from "../../functions/adapters/dynamodb/sending-switch.ts";
import { SPEND_ITEM } from "../../functions/adapters/dynamodb/spend.ts";
import type { ItemKind } from "../../functions/adapters/dynamodb/table.ts";
import { VERIFICATION_ITEM } from "../../functions/adapters/dynamodb/verifications.ts";

/** Every kind of item, by the file that owns it. */
export const ITEM_KINDS: Readonly<Record<string, ItemKind>> = {
  "verifications.ts": VERIFICATION_ITEM,
  "numbers.ts": NUMBER_ITEM,
  "scopes.ts": SCOPE_ITEM,
  "spend.ts": SPEND_ITEM,
  "claims.ts": CLAIM_ITEM,
  "sending-switch.ts": SWITCH_ITEM,
  "api-keys.ts": API_KEY_ITEM,
  "key-sends.ts": KEY_SENDS_ITEM,
};

/** What each item has beside what its owner names. */
const OF_EVERY_ITEM = ["pk", "writtenBy", "deleteAfter"];

/** The attributes of an item that no owner names: none, or the table of items is incomplete. */
export function unnamedIn(item: Readonly<Record<string, unknown>>): readonly string[] {
  const pk = String(item["pk"]);
  const kind = Object.values(ITEM_KINDS).find(({ key }) => pattern(key).test(pk));
  if (kind === undefined) return [pk];
  const known = [...OF_EVERY_ITEM, ...Object.keys(kind.attributes)].map(pattern);
  return Object.keys(item).filter((name) => !known.some((each) => each.test(name)));
}

/** `<hour>` stands for any text, and `[…]` for what may be missing. */
function pattern(name: string): RegExp {
  const source = name
    .replace(/\[([^\]]*)\]/g, "(?:$1)?")
    .replace(/<country>/g, "[A-Z]{2}")
    .replace(/<window of the day>/g, "\\d{1,3}")
    .replace(/<[^>]*>/g, "[\\w-]+");
  return new RegExp(`^${source}$`);
}
