import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ITEM_KINDS } from "../support/item-kinds.ts";

const OWNERS = join(import.meta.dirname, "../../functions/adapters/dynamodb");

function page(): string {
  const rows = Object.entries(ITEM_KINDS).map(
    ([file, { key, is, attributes, writes, ttl }]) =>
      `| \`${key}\` | ${is} | ${listed(Object.keys(attributes))} | ${listed(writes.callers)} | ${listed(writes.operator)} | ${ttl} | [${file}](../../functions/adapters/dynamodb/${file}) |`,
  );
  return [
    "# Table items",
    "",
    "This page lists the items of the table, made from the files that own them. Reading time: reference. Next: [testing](testing.md).",
    "",
    "One table holds everything, under the key `pk`. The key, the schema and every write of an item kind are in one file, an operator's writes beside the callers'. Each item also has `writtenBy`, the mark of its last write, and all but the switch have `deleteAfter`, which TTL reads and no condition does.",
    "",
    "This page is made from those files: `npx vitest --config=test/vitest.config.ts --project=docs table-items -u`.",
    "",
    "| key | holds | attributes | writes for callers | writes for an operator | TTL | owner |",
    "|---|---|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "–" : names.map((name) => `\`${name}\``).join(", ");
}

describe("the table of items", () => {
  it("is what its owners say today", async () => {
    await expect(page()).toMatchFileSnapshot("../../docs/contribute/table-items.md");
  });

  it("has one owner for each key: no other file makes it", () => {
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
});
