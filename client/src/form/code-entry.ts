import { codeIn } from "./code-text.ts";
import { isOwnInput, rewrite } from "./elements.ts";
import type { AfterView } from "./view-after.ts";

/** The field of the code. */
export type CodeEntry = {
  readonly read: () => string;
  /** Puts a code in, as autofill does. */
  readonly fill: (code: string) => void;
  readonly clear: () => void;
  /** Digits that are typed while another code is asked for begin that code. */
  readonly renew: (asking: Promise<void>) => void;
  /** Selects the text, so that typing replaces it. */
  readonly select: () => void;
};

/**
 * One field for all digits, as autofill, the clipboard and screen readers need. Only the code of a typed or pasted text stays. `onWhole` once all digits are there; not again for the same ones, which are known to be wrong.
 */
export function createCodeEntry(
  { code: { field } }: AfterView,
  length: () => number,
  onWhole: () => void,
): CodeEntry {
  let last = "";
  /** What a code that was asked for replaces. */
  let old: string | undefined;
  const clean = (): void => {
    const digits = codeIn(besideWrong(field.value), length());
    const isNew = digits !== last;
    last = digits;
    old = undefined;
    rewrite(field, digits);
    if (isNew && digits.length === length()) onWhole();
  };
  /** Digits put before, into or behind a wrong or an old code begin another one. */
  const besideWrong = (text: string): string => {
    const isWrong =
      last === old || (field.hasAttribute("aria-invalid") && last.length === length());
    const end = field.selectionEnd ?? 0;
    const start = end - (text.length - last.length);
    const isBeside = start < end && text.slice(0, start) + text.slice(end) === last;
    return isWrong && isBeside ? text.slice(start, end) : text;
  };
  field.addEventListener("input", (event) => {
    if (isOwnInput(event)) clean();
  });
  // Keyboards that compose: until they are done, a changed value would be put in twice. Some programs that fill fields only report that it changed.
  for (const type of ["compositionend", "change"]) field.addEventListener(type, clean);
  return {
    read: () => codeIn(field.value, length()),
    fill: (code) => {
      field.value = code;
      clean();
    },
    clear: () => {
      field.value = "";
      last = "";
    },
    renew: (asking) => {
      old = last;
      void asking.then(() => {
        old = undefined;
      });
    },
    select: () => {
      field.focus();
      field.select();
    },
  };
}
