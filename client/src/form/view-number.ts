import { icon, make } from "./elements.ts";
import { notice, primary, title } from "./view-parts.ts";

const CHEVRON = "m7 10 5 5 5-5";

export function numberStep() {
  const { label, country, land, region, code, field, box } = numberBox();
  const heading = title();
  const lead = make("p", { class: "lead", part: "lead" });
  const legend = make("legend", { part: "label" });
  const ways = make("div", { class: "ways" });
  const channels = make("fieldset", {}, legend, ways);
  const told = notice("number-notice");
  const slot = make("slot", { name: "challenge" });
  const challenge = make("div", { class: "challenge", part: "challenge" }, slot);
  const send = primary();
  const inputs = [label, box, told.element, channels, challenge, send.button];
  const form = make("form", { novalidate: true }, ...inputs);
  const section = make("section", { part: "step" }, heading, lead, form);
  const choice = { country, land, region, code };
  const words = { heading, lead, label, legend, told };
  return { section, form, field, box, channels, ways, challenge, send, ...choice, ...words };
}

/** A transparent select covers the shown country, so that the device's own list opens. */
function numberBox() {
  const label = make("label", { for: "number", part: "label" });
  const country = make("select", { part: "country" });
  const region = make("b");
  const code = make("span");
  const face = make("span", { "aria-hidden": "true" }, region, " ", code);
  const land = make("span", { class: "land" }, country, face, icon(CHEVRON));
  const field = make("input", {
    id: "number",
    part: "field",
    type: "tel",
    inputmode: "tel",
    autocomplete: "tel",
    required: true,
    "aria-describedby": "number-notice",
  });
  const box = make("div", { class: "phone", part: "box" }, land, field);
  return { label, country, land, region, code, field, box };
}
