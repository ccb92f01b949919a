import type { OperationResult, Subject } from "../functions/operator/operation.ts";
import { LIMITS } from "../functions/policy/limits.ts";
import { RETENTION } from "../functions/policy/retention.ts";
import { isForgotten } from "../functions/verification/rules.ts";
import { bold, dim, no, table, warn, yes } from "./terminal.ts";

type Result<Kind extends OperationResult["kind"]> = Extract<OperationResult, { kind: Kind }>;
type Block = NonNullable<Result<"number">["block"]>;

const SCOPES: Readonly<Record<string, string>> = {
  number: "The number",
  ipv4: "The IPv4 address",
  "ipv6-64": "The IPv6 /64",
  "ipv6-48": "The IPv6 /48",
  range: "The range of ten thousand numbers",
  country: "The country",
  "home-country": "The home country",
};

/** The result of an operation, for the operator. No line repeats the number. */
export function wordsOf(result: OperationResult, now: number): string {
  switch (result.kind) {
    case "refused":
      return `${no()} Refused: ${result.why}.`;
    case "number":
      return numberWords(result, now);
    case "scope":
      return scopeWords(result, now);
    case "blocked":
      return `${yes()} ${named(result.subject)} is ${bold("blocked")} until ${moment(result.until, now)}.\n${blockedMeans(result.subject)}`;
    case "blocked-longer":
      return `${warn("!")} Nothing changed: ${lower(result.subject)} is blocked already, until ${moment(result.block.until, now)} (${result.block.because}).\n  To shorten that, unblock first.\n${pseudonymRow(result.subject)}`;
    case "opened":
      return `${yes()} ${named(result.subject)} is ${bold("open")} again. It was blocked until ${moment(result.block.until, now)} (${result.block.because}).\n${pseudonymRow(result.subject)}`;
    case "not-blocked":
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
    case "revoked":
      return `${yes()} The returning tickets of the number are ${bold("worth nothing")} from now on. Its next approval gives a new one.\n${pseudonymRow(result.subject)}`;
    case "revoked-all":
      return `${yes()} All returning tickets are ${bold("worth nothing")} within ${LIMITS.switchCacheSeconds} seconds. The next approval of each number gives a new one.`;
    case "spend":
      return `${spendWords(result)}${pausedNote(result.pause, now)}`;
  }
}

function numberWords(
  { subject, isKnown, turns, failures, failedAt, block, ticketsFrom }: Result<"number">,
  now: number,
): string {
  const today = turns.filter((turn) => turn > now - 86_400_000);
  const counted = isForgotten({ failedAt }, now) ? 0 : failures;
  const isLocked = counted >= LIMITS.consecutiveFailures;
  const rows: readonly (readonly [string, string])[] = [
    ["pseudonym", bold(subject.pseudonym)],
    ["messages", isKnown ? turnWords(today, now) : "none is remembered"],
    [
      "wrong codes",
      `${counted} in a row; it locks at ${LIMITS.consecutiveFailures}${isLocked ? `: ${no("locked")}` : ""}`,
    ],
    ["blocked", blockWords(block, now)],
    ...(ticketsFrom === undefined
      ? []
      : [["tickets", `revoked ${moment(ticketsFrom, now)}`] as const]),
  ];
  return `${yes()} Its pseudonym is what the logs and the table know it by.\n\n${table(rows)}`;
}

function turnWords(today: readonly number[], now: number): string {
  const [newest] = today;
  if (newest === undefined) return "none in 24 hours";
  return `${today.length} in 24 hours, the last one ${ago(newest, now)}`;
}

function scopeWords(
  { subject, mode, unverified, max, windowEndsAt, block }: Result<"scope">,
  now: number,
): string {
  const rows: readonly (readonly [string, string])[] = [
    ["pseudonym", bold(subject.pseudonym)],
    [
      "unverified",
      mode === "off"
        ? "not counted"
        : `${Math.max(0, unverified)} of ${max} sends, in the window until ${moment(windowEndsAt, now)}`,
    ],
    [
      "when full",
      mode === "enforce"
        ? "it sends nothing until the window ends"
        : `nothing is refused: its mode is ${mode}`,
    ],
    ["blocked", blockWords(block, now)],
  ];
  return `${yes()} ${named(subject)}, as the table knows it.\n\n${table(rows)}`;
}

/** Money by counter, the whole first, then each country, the hour beside its day, and then each app of several. */
function spendWords({ day, spent, total, countries, keptForTickets }: Result<"spend">): string {
  const names = Object.keys(spent).filter((name) => /^[A-Z]{2}$/.test(name));
  const apps = Object.keys(spent).filter((name) => name.startsWith("app-"));
  const hours = Object.keys(spent).filter((name) => name.startsWith("total-"));
  const hour = Math.max(-1, ...hours.map((name) => Number(name.slice("total-".length))));
  const row = (name: string, words: string): readonly [string, string] => {
    const cap = countries[name] ?? total;
    return [
      words,
      `${dollarsOf(spent[name])} of ${dollarsOf(cap.perDayMicros)} today; ${dollarsOf(spent[`${name}-${hour}`])} of ${dollarsOf(cap.perHourMicros)} in the last hour that sent`,
    ];
  };
  return [
    `${yes()} What messages were reserved at on ${bold(day)} (UTC), at most. Twilio's bill is lower where prices are.\n`,
    table([
      row("total", "together"),
      ...names.sort().map((name) => row(name, name)),
      ...apps
        .sort()
        .map((name) => [name.replace("-", " "), `${dollarsOf(spent[name])} today`] as const),
    ]),
    "",
    dim(
      `  ${Math.round(keptForTickets * 100)} % of each cap are for people with a returning ticket; all others are paused before.`,
    ),
  ].join("\n");
}

function pausedNote(pause: Result<"spend">["pause"], now: number): string {
  if (pause === undefined) return "";
  return `\n\n${warn("!")} Sending is ${bold("paused")} ${pauseWords(pause, now)}. To go on: resume.`;
}

function dollarsOf(micros = 0): string {
  return `$${(micros / 1_000_000).toFixed(2)}`;
}

function blockWords(block: Block | undefined, now: number): string {
  if (block === undefined) return "no";
  if (block.until <= now) return `no; it was until ${moment(block.until, now)} (${block.because})`;
  return `${no("yes")}, until ${moment(block.until, now)} (${block.because})`;
}

function blockedMeans(subject: Subject): string {
  const means =
    subject.of === "number"
      ? "It is sent no code from any client. A code that it has already can still be checked."
      : `Nothing is sent for it, from ${LIMITS.switchCacheSeconds} seconds on. Codes that are out can still be checked.`;
  return `  ${means}\n${pseudonymRow(subject)}`;
}

function unlockedWords({ subject, failures }: Result<"unlocked">): string {
  if (failures === 0)
    return `${warn("!")} Nothing changed: the number had no wrong codes.\n${pseudonymRow(subject)}`;
  return `${yes()} The number is ${bold("not locked")}: ${failures} wrong codes in a row are forgotten.\n${pseudonymRow(subject)}`;
}

function erasedWords(
  { subject, wasKnown, block, ticketsFrom }: Result<"erased">,
  now: number,
): string {
  const done = wasKnown
    ? `${yes()} What was kept under the number is ${bold("erased")}: times of messages, wrong codes, blocks.`
    : `${warn("!")} Nothing was kept under the number.`;
  const wasBlocked = block !== undefined && block.until > now;
  const hours = Math.ceil(RETENTION.verificationSeconds / 3_600);
  return [
    done,
    ...(wasBlocked
      ? [`  ${warn("A block went with it")} (${block.because}). Block again if it must stand.`]
      : []),
    "",
    dim("  What is left, and goes by itself:"),
    dim(
      `  · its verifications, sealed, deleted ${hours} h after they end; DynamoDB may take two days more`,
    ),
    dim("  · backups of production, 35 days; they know it by this pseudonym only"),
    dim(ticketsLeft(ticketsFrom)),
    dim("  · at Twilio, the record of each message with its number: delete those there"),
    pseudonymRow(subject),
  ].join("\n");
}

function ticketsLeft(ticketsFrom: number | undefined): string {
  if (ticketsFrom === undefined)
    return "  · returning tickets on its devices: they hold no number; revoke-all ends those of all numbers";
  const until = new Date(ticketsFrom + LIMITS.ticketLifetimeSeconds * 1_000);
  return `  · that its tickets were revoked, by its pseudonym, until the last has run out on ${until.toISOString().slice(0, 10)}`;
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
