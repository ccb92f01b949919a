import { make, phrase } from "./elements.ts";

/** The shared parts of the steps of the form. */

export function title() {
  return make("div", { class: "title", part: "title", role: "heading" });
}

/** An assertive live region, since it answers the person's last action; but it does not announce each second of a wait. */
export function notice(id: string) {
  const text = phrase("span", { "aria-live": "off" });
  const attributes = { class: "notice fault", part: "notice", id, role: "alert" };
  return { element: make("p", attributes, ...text.all), text };
}

export function primary() {
  const words = make("span");
  const time = make("span", { translate: "no" });
  const button = make(
    "button",
    { class: "primary", part: "button primary", type: "submit" },
    words,
    time,
    make("i"),
  );
  return { button, words, time };
}

export function plain(kind: "wide" | "link") {
  return make("button", { class: kind, part: `button ${kind}`, type: "button" });
}
