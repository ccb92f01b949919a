import { icon, make } from "./elements.ts";
import { codeStep } from "./view-code.ts";
import { plain, primary, title } from "./view-parts.ts";

const TICK = "M5 12.5 10 17.5 19.5 7";

/** The elements of the steps after the number, made once. */
export type AfterView = ReturnType<typeof createAfterView>;

export function createAfterView() {
  return { code: codeStep(), ended: endedStep(), approved: approvedStep() };
}

function endedStep() {
  const heading = title();
  heading.tabIndex = -1;
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
  heading.tabIndex = -1;
  const number = make("bdi", { dir: "ltr" });
  const line = make("p", { class: "confirmed", part: "number" }, number);
  const seal = make("div", { class: "seal", part: "seal" }, icon(TICK));
  const section = make("section", { part: "step" }, seal, heading, line);
  return { section, heading, number };
}
