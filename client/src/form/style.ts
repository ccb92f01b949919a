const sheets = new Map<string, CSSStyleSheet>();

/** One sheet for all forms of a page. A constructed sheet is no inline style: `style-src` need not allow it. CSSOM, "constructable stylesheets". */
export function sheetOf(css: string): CSSStyleSheet {
  const known = sheets.get(css);
  if (known !== undefined) return known;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  sheets.set(css, sheet);
  return sheet;
}
