import { icon, make } from "./elements.ts";
import { codeStep } from "./view-code.ts";
import { numberStep } from "./view-number.ts";
import { plain, primary, title } from "./view-parts.ts";

const TICK = "M5 12.5 10 17.5 19.5 7";

/** The elements of the form, made once. What they say and which of them show is for `paint`. */
export type View = ReturnType<typeof createView>;

export function createView() {
  const number = numberStep();
  const code = codeStep();
  const ended = endedStep();
  const approved = approvedStep();
  /** Says what changes without taking the focus. */
  const status = make("p", { class: "said", role: "status" });
  const steps = {
    number: number.section,
    code: code.section,
    ended: ended.section,
    approved: approved.section,
  };
  const root = make("div", { class: "root", part: "root" }, ...Object.values(steps), status);
  return { root, steps, number, code, ended, approved, status };
}

function endedStep() {
  const heading = title();
  const drawing = icon("");
  const text = make("p", { class: "lead", part: "lead" });
  const retry = primary();
  retry.button.type = "button";
  const change = plain("wide");
  const seal = make("div", { class: "seal over", part: "seal" }, drawing);
  const section = make("section", { part: "step" }, seal, heading, text, retry.button, change);
  return { section, heading, drawing, text, retry, change };
}

function approvedStep() {
  const heading = title();
  const number = make("bdi", { dir: "ltr" });
  const line = make("p", { class: "confirmed", part: "number" }, number);
  const seal = make("div", { class: "seal", part: "seal" }, icon(TICK));
  const section = make("section", { part: "step" }, seal, heading, line);
  return { section, heading, number };
}
