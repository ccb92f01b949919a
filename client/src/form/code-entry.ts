import { codeDigits } from "./digits.ts";
import type { View } from "./view.ts";

/** The field of the code. */
export type CodeEntry = {
  readonly read: () => string;
  /** Puts a code in, as autofill does. */
  readonly fill: (code: string) => void;
  readonly clear: () => void;
  /** Ready to be typed over. */
  readonly select: () => void;
};

/**
 * One field for all digits: autofill of iOS and Android, the clipboard and screen readers know nothing else. Whatever comes in, only digits
 * stay. `onWhole` once all are there; not again for the same ones, which are known to be wrong.
 */
export function createCodeEntry(
  { code: { field } }: View,
  length: () => number,
  onWhole: () => void,
): CodeEntry {
  let last = "";
  const clean = (): void => {
    const digits = codeDigits(field.value, length());
    if (digits !== field.value) field.value = digits;
    const isNew = digits !== last;
    last = digits;
    if (isNew && digits.length === length()) onWhole();
  };
  // Android keyboards compose: until they are done, a changed value would be put in twice.
  field.addEventListener("input", (event) => {
    if (!(event instanceof InputEvent && event.isComposing)) clean();
  });
  field.addEventListener("compositionend", clean);
  return {
    read: () => codeDigits(field.value, length()),
    fill: (code) => {
      field.value = code;
      clean();
    },
    clear: () => {
      field.value = "";
      last = "";
    },
    select: () => {
      field.focus();
      field.select();
    },
  };
}
