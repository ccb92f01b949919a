/**
 * The browser's back button as part of the form: it leads from the code to the number, and forward again. Two entries of the history are marked
 * for that; the page's own data in its entries stays there, and its other entries, such as of a link within the page, move no form.
 */
const MARK = "latchkeyStep";
const STEPS = ["number", "code"] as const;

/** Browsers go back within milliseconds; a slower one must not delay a proof. */
const LONGEST_MILLISECONDS = 500;

/** A form of the page is leaving the entry of the code; other forms ignore the event. */
let isLeaving = false;

function stepHere(): (typeof STEPS)[number] | undefined {
  return STEPS.find((step) => step === Object(history.state)[MARK]);
}

/** The step that the browser's buttons have selected. */
export function turnedTo(): (typeof STEPS)[number] | undefined {
  return isLeaving ? undefined : stepHere();
}

/** Adds the entry of the code: back then leads to the number. */
export function enterCode(): void {
  if (stepHere() === "code") return;
  try {
    history.replaceState({ ...history.state, [MARK]: "number" }, "");
    history.pushState({ ...history.state, [MARK]: "code" }, "");
  } catch {
    // Browsers refuse it where it is done too often.
  }
}

/** The form itself leaves the entry of the code. Settles after the browser has: an action of the page after that is not undone by it. */
export async function leaveCode(): Promise<void> {
  if (stepHere() !== "code") return;
  isLeaving = true;
  await new Promise((resolve) => {
    addEventListener("popstate", resolve, { once: true });
    setTimeout(resolve, LONGEST_MILLISECONDS);
    history.back();
  });
  isLeaving = false;
}
