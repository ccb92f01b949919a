/** The attributes of a new element by name; `true` is an attribute without a value. */
type Attributes = Readonly<Record<string, string | true>>;

/** A new element. Never parses markup, so that Trusted Types and every content policy allow it. */
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

/** A drawing of one path in a 24 by 24 field, which a screen reader skips. */
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

/** The text that the form wrote last into each element. A page translator changes the element; the form writes it again only with new text. */
const written = new WeakMap<Element, string>();

/** Writes only changed text: a screen reader would read the same text again, and a translator would have to translate it again. */
export function write(element: Element, text: string): void {
  if (written.get(element) === text) return;
  written.set(element, text);
  element.textContent = text;
}

/** A sentence with one part that changes, or keeps its own direction: two texts around an element, which no translator touches. */
export type Phrase = {
  readonly before: HTMLElement;
  readonly middle: HTMLElement;
  readonly after: HTMLElement;
  readonly all: readonly HTMLElement[];
};

export function phrase(tag: "span" | "bdi", attributes: Attributes = {}): Phrase {
  const [before, after] = [make("span"), make("span")];
  const middle = make(tag, { translate: "no", ...attributes });
  return { before, middle, after, all: [before, middle, after] };
}

/** Writes a text around `{time}` or `{number}`, and `value` in its place. */
export function writePhrase({ before, middle, after }: Phrase, text: string, value: string): void {
  const [start = "", end = ""] = text.split(/\{(?:time|number)\}/);
  write(before, start);
  write(middle, value);
  write(after, end);
}

/** Sets an attribute, or removes it if it has no value. */
export function mark(element: Element, name: string, value: string | boolean | undefined): void {
  if (value === undefined || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
}

/** Whether the value of a field may be rewritten after this event: not while a keyboard composes, nor when the person undoes something. */
export function isOwnInput(event: Event): boolean {
  if (!(event instanceof InputEvent)) return true;
  return !(event.isComposing || event.inputType.startsWith("history"));
}

/** Puts a text in place of the value. Where the person is typing it counts as typed, so that it can be undone. */
export function rewrite(field: HTMLInputElement, text: string): void {
  if (field.value === text) return;
  const behind = field.value.length - (field.selectionEnd ?? 0);
  if (field.matches(":focus")) {
    field.select();
    if (!document.execCommand(text === "" ? "delete" : "insertText", false, text))
      field.value = text;
    const caret = Math.max(0, text.length - behind);
    field.setSelectionRange(caret, caret);
  } else field.value = text;
}
