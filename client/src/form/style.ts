/**
 * Styles a tree. A constructed sheet is no inline style: `style-src` need not allow it. It serves the document alone that it was made in.
 * CSSOM, "constructable stylesheets".
 */
export function dress(root: ShadowRoot | null, styles: readonly string[]): void {
  // A document that is not shown has no view, and needs no style.
  const view = root?.ownerDocument.defaultView;
  if (!root || !view) return;
  root.adoptedStyleSheets = styles.map((css) => {
    const sheet = new view.CSSStyleSheet();
    sheet.replaceSync(css);
    return sheet;
  });
}
