import { css } from "./form.css";

let sheet: CSSStyleSheet | undefined;

/** One sheet for all forms of a page. A constructed sheet is no inline style: `style-src` need not allow it. CSSOM, "constructable stylesheets". */
export function formSheet(): CSSStyleSheet {
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  return sheet;
}
