import { CHANNELS } from "../api.ts";
import { make, phrase } from "./elements.ts";
import { notice, plain, primary, title } from "./view-parts.ts";

export function codeStep() {
  const { label, field, box } = codeBox();
  const heading = title();
  const change = plain("link");
  const sentence = phrase("bdi", { dir: "ltr" });
  const lead = make("p", { class: "lead", part: "lead" }, ...sentence.all, " ", change);
  const hint = make("span", { id: "code-hint" });
  const left = phrase("span");
  const time = make("span", { class: "time", part: "time" }, ...left.all);
  const told = notice("code-notice");
  const under = make("div", { class: "under", part: "hint" }, told.element, hint, time);
  const check = primary();
  const form = make("form", { novalidate: true }, label, box, under, check.button);
  const again = againPart();
  const section = make("section", { part: "step" }, heading, lead, form, again.line, again.others);
  const words = { heading, sentence, label, hint, left, time, told };
  return { section, form, field, box, change, check, again, ...words };
}

/** One line for another code by the same channel, followed by the other channels. Each is created once, so that none loses the focus. */
function againPart() {
  const question = make("span", { id: "again", class: "said" });
  const same = choice();
  const more = make("button", { class: "link", part: "button link", type: "button" });
  const line = make(
    "div",
    { class: "again", part: "again", role: "group", "aria-labelledby": "again" },
    question,
    same.button,
    more,
  );
  const choices = CHANNELS.map((channel) => ({ channel, ...choice() }));
  const others = make(
    "div",
    { class: "again", part: "others" },
    ...choices.map(({ button }) => button),
  );
  return { line, question, same, more, choices, others };
}

/** A button that can show a wait and a spinner. */
function choice() {
  const words = make("span");
  const time = make("span", { translate: "no" });
  const attributes = { class: "link", part: "button link", type: "button" };
  return { button: make("button", attributes, words, time, make("i")), words, time };
}

/** The heading names the purpose of the field; its label is for screen readers. */
function codeBox() {
  const label = make("label", { for: "code", class: "said", part: "label" });
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
