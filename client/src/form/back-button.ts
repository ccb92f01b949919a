/**
 * The browser's back button as part of the form: it leads from the code to the number, and forward again. One entry of the history is marked
 * for that; the page's own data in its entries stays there.
 */
const MARK = "latchkeyStep";

/** Browsers go back in some milliseconds; one that does not must not keep a proof waiting. */
const LONGEST_MILLISECONDS = 500;

/** Whether the entry that the browser is at is the one of the code. */
export function isAtCode(): boolean {
  return Object(history.state)[MARK] === "code";
}

/** From now on, back means the number. */
export function enterCode(): void {
  if (!isAtCode()) history.pushState({ ...history.state, [MARK]: "code" }, "");
}

/** The form itself leaves the entry of the code. Settles after the browser has: an action of the page after that is not undone by it. */
export async function leaveCode(): Promise<void> {
  if (!isAtCode()) return;
  await new Promise((resolve) => {
    addEventListener("popstate", resolve, { once: true });
    setTimeout(resolve, LONGEST_MILLISECONDS);
    history.back();
  });
}
