import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { messagesPage } from "../../infra/messages-page.ts";

it("the page of messages is what the texts are: node infra/messages-page.ts", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/reference/messages.md"), "utf8");
  expect(page).toBe(messagesPage());
});
