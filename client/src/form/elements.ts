/** What becomes of a new element: attributes by name; `true` is an attribute without a value. */
type Attributes = Readonly<Record<string, string | true>>;

/** A new element. Never parses markup, so that Trusted Types and any content policy are content. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  setAll(element, attributes);
  element.append(...children);
  return element;
}

/** A drawing of one path in a 24 by 24 field, which says nothing to a screen reader. */
export function icon(path: string): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  setAll(svg, { viewBox: "0 0 24 24", "aria-hidden": "true" });
  setAll(line, { d: path });
  svg.append(line);
  return svg;
}

function setAll(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes))
    element.setAttribute(name, value === true ? "" : value);
}

/** Writes only what is new, or a screen reader would say the same again. */
export function write(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets an attribute, or takes it away where there is nothing to say. */
export function mark(element: Element, name: string, value: string | boolean | undefined): void {
  if (value === undefined || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
}
