import type { Purpose } from "../verification/verification.ts";

/**
 * What a message says, by purpose. No text of a caller ever enters a message (OWASP API4:2023: an open relay is what spammers look for).
 * The code stands in the first words but not first, so that a phone's autofill finds it; 160 GSM-7 characters at most.
 */
export const MESSAGES: Readonly<Record<Purpose, string>> = {
  login:
    "{code} is your {brand} sign-in code. It works for {minutes} minutes. Never share it, not even with us.",
  signup:
    "{code} is your code to join {brand}. It works for {minutes} minutes. Never share it, not even with us.",
  transaction:
    "{code} is your {brand} code to approve a transaction. It works for {minutes} minutes. Never share it, not even with us.",
  "password-reset":
    "{code} is your code to reset your {brand} password. It works for {minutes} minutes. Never share it, not even with us.",
  "change-number":
    "{code} is your code to change your {brand} number. It works for {minutes} minutes. Never share it, not even with us.",
};
