import { make } from "./elements.ts";
import { numberStep } from "./view-number.ts";

/** The first elements, created once. `paint` decides their texts and which of them are shown. */
export type View = ReturnType<typeof createView>;

export function createView() {
  const number = numberStep();
  /** Announces changes without taking the focus. */
  const status = make("p", { class: "said", role: "status" });
  const body = make("div", { class: "body" }, number.section, status);
  const root = make("div", { class: "root", part: "root" }, body, make("div", { class: "span" }));
  return { root, number, status };
}
