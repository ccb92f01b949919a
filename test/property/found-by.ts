import { cancel, guess, NUMBERS, resend, type Step, show, start, type, wait } from "./steps.ts";

/** What shows that a condition is needed: a history that goes another way without it, or a fact of the contract that is one no more. */
export type FoundBy = readonly Step[] | string;

/** So many guesses about the last number have failed before the history begins. */
export const FAILED_BEFORE: Readonly<Record<string, number>> = {
  "numbers.takeTurn: its failures leave room or are forgotten": 85,
  "numbers.addFailure: earlier failures are remembered": 84,
};

const KEY = "request one, of 16";
const DAY = 86_400;
const LAST_NUMBER = NUMBERS.length - 1;

const fiveWrong = [1, 2, 3, 4, 5].map((index) => guess(index));
const twoCodes = [start(), wait(30), resend(6)];
const threeCodes = [...twoCodes, wait(30), resend(7)];

/**
 * Every condition of every write, and what finds that it is gone. Where a fact stands, no history can: only callers that race reach it (who comes
 * alone is refused by what was read), or an operator, or limits that allow more sends within one life of a code; or nothing that is answered tells of it.
 */
export const FOUND_BY: Readonly<Record<string, FoundBy>> = {
  "verifications.check: it is not canceled": [start(), cancel, type(0)],
  "verifications.check: it is there and has not expired": [start(), wait(300), type(0)],
  "verifications.check: it has checks left": [start(), ...fiveWrong, type(0)],
  "verifications.check: the newest code is not used": [start(), type(0), guess(1)],
  "verifications.check: the middle code is not used": [...twoCodes, type(1), guess(1)],
  "verifications.check: the oldest code is not used": [...threeCodes, type(2), guess(1)],
  "verifications.check: the guess is new": [start(), guess(1), guess(1)],
  "verifications.check: the request is new": [start(), guess(1, KEY), guess(2, KEY)],
  "verifications.check: the guess is not a middle code that ended": [
    start(),
    wait(290),
    resend(6),
    wait(10),
    type(1),
  ],
  "verifications.check: the guess is not an oldest code that ended": [
    start(),
    wait(290),
    resend(6),
    wait(290),
    resend(7),
    type(2),
  ],
  "verifications.resend: it is not canceled": [start(), cancel, wait(30), resend(6, 1)],
  "verifications.resend: it is there and has not expired":
    "what has expired takes no check, no code and no cancel, whatever TTL has deleted",
  "verifications.resend: it has checks left": [start(), ...fiveWrong, wait(30), resend(6, 5)],
  "verifications.resend: the newest code is not used": [start(), type(0), wait(30), resend(6, 1)],
  "verifications.resend: the middle code is not used": [
    ...twoCodes,
    type(1),
    wait(30),
    resend(7, 1),
  ],
  "verifications.resend: the oldest code is not used":
    "what its oldest code approved takes no check, no code and no cancel",
  "verifications.resend: the code was not tried": [start(), guess(1), wait(30), resend(1, 1)],
  "verifications.resend: the code is not the newest": [...twoCodes, wait(30), resend(6, 1)],
  "verifications.resend: the code is not the middle one":
    "the middle code is not sent again as a newer one",
  "verifications.resend: the request is new": [
    start(),
    wait(30),
    resend(6, 0, KEY),
    wait(30),
    resend(7, 1, KEY),
  ],
  "verifications.undoResend: the code is the newest": "only the newest code is taken back",
  "verifications.undoResend: the code is not used":
    "a code that approved is not taken back, sent or not",
  "verifications.cancel: it is not canceled":
    "what is canceled takes no check, no code and no other cancel",
  "verifications.cancel: it is there and has not expired": [start(), wait(300), cancel, show],
  "verifications.cancel: it has checks left":
    "what five wrong guesses exhausted takes no check, no code and no cancel",
  "verifications.cancel: the newest code is not used": [start(), type(0), cancel],
  "verifications.cancel: the middle code is not used": [...twoCodes, type(1), cancel],
  "verifications.cancel: the oldest code is not used": [...threeCodes, type(2), cancel],
  "verifications.noteDelivery: the message carried the newest code":
    "late news of an older message replaces no news of a newer one",
  "verifications.noteDelivery: as much is not known already":
    "what is delivered stays so, whatever is told later",
  "numbers.takeTurn: it is not blocked": "a closed number takes no turn until it opens",
  "numbers.takeTurn: its failures leave room or are forgotten":
    "a number's failures lock it from the 85th on",
  "numbers.takeTurn: at most 1 in 30 seconds":
    "at most 1 in 30 seconds, and one more when the first of them is that old",
  "numbers.takeTurn: at most 3 in 600 seconds":
    "at most 3 in 600 seconds, and one more when the first of them is that old",
  "numbers.takeTurn: at most 7 in 86700 seconds":
    "at most 7 in 86700 seconds, and one more when the first of them is that old",
  "numbers.takeTurnWithTicket: it is not blocked": "a closed number takes none, ticket or not",
  "numbers.takeTurnWithTicket: the ticket is not revoked":
    "a ticket from before its number's were revoked takes no turn, and a later one does",
  "numbers.takeTurnWithTicket: the number was proven since its last few":
    "tickets take three turns of a number until it is proven again",
  "numbers.takeTurnWithTicket: at most 1 in 30 seconds":
    "a ticket gives no turn sooner: one in 30 seconds and three in ten minutes",
  "numbers.takeTurnWithTicket: at most 3 in 600 seconds":
    "a ticket gives no turn sooner: one in 30 seconds and three in ten minutes",
  "numbers.takeTurnWithTicket: at most 10 in 86700 seconds":
    "a ticket gives three more turns a day, and not four",
  "numbers.returnTurn: the turn is still the newest": "only the newest turn is given back",
  "numbers.replaceTurn: it is not blocked": "a closed number hands no turn on until it opens",
  "numbers.replaceTurn: its failures leave room or are forgotten":
    "a locked number hands no turn on",
  "numbers.replaceTurn: the turn is still the newest": "only the newest turn is handed on",
  "numbers.replaceTurn: the turn was not handed on before": "a turn is handed on once",
  "numbers.undoReplacement: the turn is still the newest":
    "a turn comes back only while it is the newest",
  "numbers.addFailure: earlier failures are remembered": [
    wait(30 * DAY),
    start({ number: LAST_NUMBER }),
    guess(1),
    wait(30),
    start({ number: LAST_NUMBER }),
  ],
  "numbers.restartFailures: earlier failures are forgotten":
    "failures side by side are each counted, also where older ones are forgotten",
  "numbers.clearFailures: it is there": "writes to what is not there leave no item",
  "scopes.add: the window has room": Array.from({ length: 6 }, () => start({ client: 0 })),
  "scopes.add: its day has room": "a day takes starts up to its limit, over all of its windows",
  "scopes.decrement: the window is there, and not paid far ahead":
    "approvals pay one limit ahead and no further, until somebody owes again",
  "scopes.decrementBoth: the window is there, and not paid far ahead":
    "a day that is paid ahead keeps no window from being paid, and no window its day",
  "scopes.decrementBoth: the day is not paid far ahead":
    "a day that is paid ahead keeps no window from being paid, and no window its day",
  "spend.reserve: the day has room":
    "a cap takes bookings up to itself and none above, and says what is spent",
  "spend.reserve: the hour has room":
    "the hour, the country and the country's hour each have a cap",
  "spend.reserve: the country's day has room":
    "the hour, the country and the country's hour each have a cap",
  "spend.reserve: the country's hour has room":
    "the hour, the country and the country's hour each have a cap",
  "spend.giveBack: the day is there": "writes to what is not there leave no item",
  "claims.claim: it is free": [start({ request: KEY }), start({ request: KEY })],
  "claims.release: it is this very claim": [
    start({ request: KEY }),
    start({ request: KEY, number: 1 }),
    start({ request: KEY }),
  ],
};
