import { make } from "./elements.ts";

/** What the steps of the form share. */

export function title() {
  return make("div", { class: "title", part: "title", role: "heading", tabindex: "-1" });
}

/** One that is loud, since it is told in answer to what the person just did. */
export function notice(id: string) {
  return make("p", { class: "notice fault", part: "notice", id, role: "alert" });
}

export function primary() {
  const words = make("span");
  const button = make(
    "button",
    { class: "primary", part: "button primary", type: "submit" },
    words,
    make("i"),
  );
  return { button, words };
}

export function plain(kind: "wide" | "link") {
  return make("button", { class: kind, part: `button ${kind}`, type: "button" });
}
