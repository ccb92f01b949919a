import { make } from "./elements.ts";
import { numberStep } from "./view-number.ts";

/** The elements that are there at first, made once. What they say and which of them show is for `paint`. */
export type View = ReturnType<typeof createView>;

export function createView() {
  const number = numberStep();
  /** Says what changes without taking the focus. */
  const status = make("p", { class: "said", role: "status" });
  const body = make("div", { class: "body" }, number.section, status);
  const root = make("div", { class: "root", part: "root" }, body, make("div", { class: "span" }));
  return { root, number, status };
}
