/**
 * The browser's back button as part of the form: it leads from the code to the number, and forward again. One entry of the history is marked
 * for that; what the page itself keeps in its entries stays there.
 */
const MARK = "latchkeyStep";

/** Whether the entry that the browser is at is the one of the code. */
export function isAtCode(): boolean {
  return Object(history.state)[MARK] === "code";
}

/** From now on, back means the number. */
export function enterCode(): void {
  if (!isAtCode()) history.pushState({ ...history.state, [MARK]: "code" }, "");
}

/** The form itself goes back to the number. */
export function leaveCode(): void {
  if (isAtCode()) history.back();
}
