import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ITEM_KINDS } from "../support/item-kinds.ts";

const OWNERS = join(import.meta.dirname, "../../functions/adapters/dynamodb");

it("each key of an item has one owner: no other file makes it", () => {
  const files = readdirSync(OWNERS).map(
    (file) => [file, readFileSync(join(OWNERS, file), "utf8")] as const,
  );
  for (const [owner, { key }] of Object.entries(ITEM_KINDS)) {
    const [prefix = ""] = key.split("#");
    const makers = files.filter(([, text]) => text.includes(`${prefix}#\${`));
    const named = files.filter(([, text]) => text.includes(`"${key}"`));
    expect(new Set([...makers, ...named].map(([file]) => file))).toEqual(new Set([owner]));
  }
});
