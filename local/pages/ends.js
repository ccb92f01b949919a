/** How a verification ends without a proof: in words, with a picture, and what to do next. */
export const ENDS = {
  expired: {
    title: "The code has expired",
    text: "A code works for a few minutes only. Ask for a new one, and type it in time.",
    icon: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7.5V12l3 2.2",
  },
  exhausted: {
    title: "Too many wrong codes",
    text: "That was the last check, so that nobody can guess. Ask for a new code, and you have new ones.",
    icon: "M6.5 11h11v9h-11zM9 11V8a3 3 0 0 1 6 0v3",
  },
  canceled: {
    title: "Canceled",
    text: "This sign-in was canceled, perhaps in another window. Ask for a new code to go on.",
    icon: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  },
  used: {
    title: "Already used",
    text: "This code has proven the number once, and does so no more. Ask for a new one to sign in again.",
    icon: "M4.5 12.5l4 4 7-9M12 16l.5.5 7-9",
  },
};
