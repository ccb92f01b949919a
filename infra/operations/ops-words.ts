import type { OperationResult, Subject } from "../../functions/operations/result.ts";
import { LIMITS } from "../../functions/policy/limits.ts";
import { RETENTION } from "../../functions/policy/retention.ts";
import { bold, dim, no, table, warn, yes } from "./terminal.ts";

type Result<Kind extends OperationResult["kind"]> = Extract<OperationResult, { kind: Kind }>;
type Closing = NonNullable<Result<"number">["closing"]>;

const SCOPES: Readonly<Record<string, string>> = {
  number: "The number",
  ipv4: "The IPv4 address",
  "ipv6-64": "The IPv6 /64",
  "ipv6-48": "The IPv6 /48",
};

/** What an operation did, for the person who asked. No line repeats the number. */
export function wordsOf(result: OperationResult, now: number): string {
  switch (result.kind) {
    case "refused":
      return `${no()} Refused: ${result.why}.`;
    case "number":
      return numberWords(result, now);
    case "client":
      return clientWords(result, now);
    case "closed":
      return `${yes()} ${named(result.subject)} is ${bold("blocked")} until ${moment(result.until, now)}.\n${closedMeans(result.subject)}`;
    case "closed-longer":
      return `${warn("!")} Nothing changed: ${lower(result.subject)} is blocked already, until ${moment(result.closing.until, now)} (${result.closing.because}).\n  To shorten that, unblock first.\n${pseudonymRow(result.subject)}`;
    case "opened":
      return `${yes()} ${named(result.subject)} is ${bold("open")} again. It was blocked until ${moment(result.closing.until, now)} (${result.closing.because}).\n${pseudonymRow(result.subject)}`;
    case "not-closed":
      return `${warn("!")} Nothing changed: ${lower(result.subject)} is not blocked.\n${pseudonymRow(result.subject)}`;
    case "unlocked":
      return unlockedWords(result);
    case "erased":
      return erasedWords(result, now);
    case "paused":
    case "paused-already":
    case "resumed":
    case "not-paused":
      return switchWords(result, now);
  }
}

function numberWords(
  { subject, isKnown, turns, failures, closing }: Result<"number">,
  now: number,
): string {
  const today = turns.filter((turn) => turn > now - 86_400_000);
  const isLocked = failures >= LIMITS.consecutiveFailures;
  const rows: readonly (readonly [string, string])[] = [
    ["pseudonym", bold(subject.pseudonym)],
    ["messages", isKnown ? turnWords(today, now) : "none is remembered"],
    [
      "wrong codes",
      `${failures} in a row; it locks at ${LIMITS.consecutiveFailures}${isLocked ? `: ${no("locked")}` : ""}`,
    ],
    ["blocked", closingWords(closing, now)],
  ];
  return `${yes()} Its pseudonym is what the logs and the table know it by.\n\n${table(rows)}`;
}

function turnWords(today: readonly number[], now: number): string {
  const [newest] = today;
  if (newest === undefined) return "none in 24 hours";
  return `${today.length} in 24 hours, the last one ${ago(newest, now)}`;
}

function clientWords(
  { subject, debt, floor, windowEndsAt, closing }: Result<"client">,
  now: number,
): string {
  const rows: readonly (readonly [string, string])[] = [
    ["pseudonym", bold(subject.pseudonym)],
    [
      "unproven",
      `${Math.max(0, debt)} of ${floor} starts, in the window until ${moment(windowEndsAt, now)}`,
    ],
    ["blocked", closingWords(closing, now)],
  ];
  return `${yes()} ${named(subject)}, as the table knows it.\n\n${table(rows)}`;
}

function closingWords(closing: Closing | undefined, now: number): string {
  if (closing === undefined) return "no";
  if (closing.until <= now)
    return `no; it was until ${moment(closing.until, now)} (${closing.because})`;
  return `${no("yes")}, until ${moment(closing.until, now)} (${closing.because})`;
}

function closedMeans(subject: Subject): string {
  const means =
    subject.of === "number"
      ? "It is sent no code, whoever asks. A code that it has already can still be checked."
      : "It starts nothing. What it has started goes on.";
  return `  ${means}\n${pseudonymRow(subject)}`;
}

function unlockedWords({ subject, failures }: Result<"unlocked">): string {
  if (failures === 0)
    return `${warn("!")} Nothing changed: the number had no wrong codes.\n${pseudonymRow(subject)}`;
  return `${yes()} The number is ${bold("unlocked")}: ${failures} wrong codes in a row are forgotten.\n${pseudonymRow(subject)}`;
}

function erasedWords({ subject, wasKnown, closing }: Result<"erased">, now: number): string {
  const done = wasKnown
    ? `${yes()} What was kept under the number is ${bold("erased")}: times of messages, wrong codes, blocks.`
    : `${warn("!")} Nothing was kept under the number.`;
  const wasBlocked = closing !== undefined && closing.until > now;
  const hours = Math.ceil(RETENTION.verificationSeconds / 3_600);
  return [
    done,
    ...(wasBlocked
      ? [`  ${warn("A block went with it")} (${closing.because}). Block again if it must stand.`]
      : []),
    "",
    dim("  What is left, and goes by itself:"),
    dim(
      `  · its verifications, sealed, deleted ${hours} h after they end; DynamoDB may take two days more`,
    ),
    dim("  · backups of production, 35 days; they know it by this pseudonym only"),
    dim("  · at Twilio, the record of each message with its number: delete those there"),
    pseudonymRow(subject),
  ].join("\n");
}

function switchWords(
  result: Result<"paused" | "paused-already" | "resumed" | "not-paused">,
  now: number,
): string {
  const seconds = LIMITS.switchCacheSeconds;
  switch (result.kind) {
    case "paused":
      return `${yes()} Sending is ${bold("paused")}. Within ${seconds} seconds nothing more is sent; codes that are out can be checked.\n  To go on: resume.`;
    case "paused-already":
      return `${warn("!")} Nothing changed: sending is paused already, ${pauseWords(result.pause, now)}.`;
    case "resumed":
      return `${yes()} Sending ${bold("goes on")} within ${seconds} seconds. It was paused ${pauseWords(result.pause, now)}.`;
    case "not-paused":
      return `${warn("!")} Nothing changed: sending is not paused.`;
  }
}

function pauseWords({ since, because }: Result<"resumed">["pause"], now: number): string {
  const when = since === undefined ? "" : `since ${moment(since, now)} `;
  return `${when}(${because === "" ? "no reason given" : because})`;
}

function named({ of }: Subject): string {
  return SCOPES[of] ?? of;
}

function lower(subject: Subject): string {
  return named(subject).replace("The", "the");
}

function pseudonymRow({ pseudonym }: Subject): string {
  return `\n${table([["pseudonym", pseudonym]])}`;
}

/** `2026-11-23 14:30 UTC, in 23 h`. */
function moment(at: number, now: number): string {
  const text = new Date(at).toISOString().slice(0, 16).replace("T", " ");
  return `${text} UTC, ${at > now ? `in ${span(at - now)}` : ago(at, now)}`;
}

function ago(at: number, now: number): string {
  return `${span(now - at)} ago`;
}

function span(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 1) return `${Math.round(milliseconds / 1_000)} s`;
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2_880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1_440)} days`;
}
