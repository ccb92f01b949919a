import { make } from "./elements.ts";
import { notice, plain, primary, title } from "./view-parts.ts";

export function codeStep() {
  const { label, field, box } = codeBox();
  const heading = title();
  const lead = make("p", { class: "lead", part: "lead" });
  const change = plain("link");
  const hint = make("p", { id: "code-hint" });
  const left = make("span", { part: "time" });
  const under = make("div", { class: "under", part: "hint" }, hint, left);
  const told = notice("code-notice");
  const check = primary();
  const form = make("form", { novalidate: true }, label, box, under, told, check.button);
  const question = make("p", { class: "question", id: "again" });
  const ways = make("div");
  const group = { class: "again", part: "again", role: "group", "aria-labelledby": "again" };
  const again = make("div", group, question, ways);
  const section = make("section", { part: "step" }, heading, lead, form, again);
  const words = { heading, lead, label, hint, left, told, question };
  return { section, form, field, box, change, check, ways, ...words };
}

function codeBox() {
  const label = make("label", { for: "code", part: "label" });
  const field = make("input", {
    id: "code",
    class: "code",
    part: "code",
    type: "text",
    inputmode: "numeric",
    autocomplete: "one-time-code",
    autocapitalize: "off",
    autocorrect: "off",
    spellcheck: "false",
    enterkeyhint: "done",
    required: true,
    "aria-describedby": "code-hint code-notice",
  });
  const box = make("div", { class: "slots", part: "box" }, field);
  return { label, field, box };
}
