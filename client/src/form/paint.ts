import type { Channel } from "../api.ts";
import type { Session } from "../outcomes.ts";
import { make, mark, write } from "./elements.ts";
import { clock } from "./language.ts";
import type { Settings } from "./settings.ts";
import type { State } from "./state.ts";
import type { Texts } from "./texts.ts";
import type { View } from "./view.ts";
import { ENDS, filled, SENT, sentence, TRY, WRONG } from "./words.ts";

/** When a person should hurry. */
const LATE_SECONDS = 60;

const DRAWINGS = {
  expired: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7.5V12l3 2.2",
  exhausted: "M6.5 11h11v9h-11zM9 11V8a3 3 0 0 1 6 0v3",
  canceled: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  used: "M4.5 12.5l4 4 7-9M12 16l.5.5 7-9",
} as const;

/** All that a picture of the form is made of. */
export type Scene = {
  readonly state: State;
  readonly settings: Settings;
  readonly texts: Texts;
  readonly locale: string;
  readonly now: number;
};

/** Brings what is shown in line with the state. May be called at any time, as often as one likes: what is right already is left alone. */
export function paint(view: View, scene: Scene): void {
  const { state, settings, texts } = scene;
  for (const [name, section] of Object.entries(view.steps)) section.hidden = name !== state.step;
  for (const { heading } of [view.number, view.code, view.ended, view.approved])
    mark(heading, "aria-level", settings.headingLevel);
  paintNumber(view, scene);
  if (state.session !== undefined) paintCode(view, scene, state.session);
  if (state.end !== undefined) {
    write(view.ended.heading, texts[ENDS[state.end]]);
    mark(view.ended.drawing.firstElementChild ?? view.ended.drawing, "d", DRAWINGS[state.end]);
  }
  write(view.ended.text, texts.endedText);
  write(view.ended.retry.words, texts.resend);
  write(view.ended.change, texts.changeNumber);
  write(view.approved.heading, texts.approvedTitle);
  for (const { button } of [view.number.send, view.code.check, view.ended.retry])
    mark(button, "aria-busy", state.isBusy);
}

/** What stands in the notice of a step, and whether it is a fault. */
function noticeOf({ state, texts, locale, now }: Scene): {
  readonly text: string;
  readonly isFault: boolean;
} {
  if (state.isOffline) return { text: texts.offline, isFault: false };
  if (state.isSlow) return { text: texts.slow, isFault: false };
  if (state.told === undefined) return { text: "", isFault: false };
  return { text: sentence(state.told, texts, locale, now), isFault: state.told.isFault };
}

function paintNotice(told: HTMLElement, scene: Scene, isShown: boolean): void {
  const { text, isFault } = noticeOf(scene);
  told.classList.toggle("fault", isFault);
  write(told, isShown ? text : "");
}

function paintNumber({ number }: View, scene: Scene): void {
  const { state, settings, texts, now, locale } = scene;
  write(number.heading, texts.numberTitle);
  write(number.lead, texts.numberLead);
  write(number.label, texts.number);
  mark(number.country, "aria-label", texts.country);
  write(number.legend, texts.channel);
  number.channels.hidden = settings.channels.length < 2;
  paintChannels(number.ways, settings.channels, texts);
  paintNotice(number.told, scene, state.step === "number");
  const isWrong = state.step === "number" && state.told?.isFault === true;
  number.box.classList.toggle("invalid", isWrong);
  mark(number.field, "aria-invalid", isWrong);
  number.challenge.hidden = state.challenge === undefined;
  const seconds = secondsUntil(state.sendAt, now);
  const words = seconds > 0 ? `${texts.send} (${clock(seconds, locale)})` : texts.send;
  write(number.send.words, words);
  mark(number.send.button, "data-waiting", seconds > 0 ? "" : undefined);
  mark(number.send.button, "aria-disabled", state.isBusy || seconds > 0);
}

function secondsUntil(time: number | undefined, now: number): number {
  return Math.max(0, Math.ceil(((time ?? 0) - now) / 1_000));
}

function paintChannels(ways: HTMLElement, channels: readonly Channel[], texts: Texts): void {
  if (channels.join() !== [...ways.querySelectorAll("input")].map(({ value }) => value).join()) {
    const choices = channels.map((value) => {
      const radio = make("input", { type: "radio", name: "channel", value, part: "radio" });
      return make("label", { part: "choice" }, radio, make("span"));
    });
    ways.replaceChildren(...choices);
    ways.querySelector("input")?.click();
  }
  for (const [index, channel] of channels.entries()) {
    const words = ways.children[index]?.lastElementChild;
    if (words) write(words, channel === "whatsapp" ? "WhatsApp" : texts[channel]);
  }
}

function paintCode({ code }: View, scene: Scene, session: Session): void {
  const { state, texts, locale } = scene;
  const { codeLength, to, channel } = session.verification;
  const count = new Intl.NumberFormat(locale).format(codeLength);
  write(code.heading, texts.codeTitle);
  paintLead(code, texts[SENT[channel]], to);
  write(code.change, texts.changeNumber);
  write(code.label, texts.code);
  write(code.hint, filled(texts.codeHint, { count }));
  write(code.check.words, texts.check);
  write(code.question, texts.notReceived);
  code.field.style.setProperty("--length", String(codeLength));
  paintNotice(code.told, scene, state.step === "code");
  const isWrong =
    state.step === "code" && state.told !== undefined && WRONG.includes(state.told.key);
  code.box.classList.toggle("invalid", isWrong);
  mark(code.field, "aria-invalid", isWrong);
  mark(code.check.button, "aria-disabled", state.isBusy);
  const { expirySeconds } = session.waits();
  write(code.left, filled(texts.timeLeft, { time: clock(expirySeconds, locale) }));
  code.left.classList.toggle("late", expirySeconds <= LATE_SECONDS);
  paintAgain(code.ways, scene, session);
}

/** The number stays in one piece and in its own direction, wherever in the sentence it stands. */
function paintLead({ lead, change }: View["code"], sentence: string, to: string): void {
  if (lead.dataset["said"] === `${sentence}${to}`) return;
  lead.dataset["said"] = `${sentence}${to}`;
  const [before = "", after = ""] = sentence.split("{number}");
  lead.replaceChildren(before, make("bdi", { dir: "ltr" }, to), `${after} `, change);
}

/** The ways to another code: the same channel again, and the others that the number may be tried by. */
function paintAgain(ways: HTMLElement, scene: Scene, session: Session): void {
  const offered = offeredAgain(scene.settings, session);
  if (ways.dataset["offered"] !== offered.join()) {
    ways.dataset["offered"] = offered.join();
    ways.replaceChildren(...offered.map(againButton));
  }
  for (const [index, name] of offered.entries()) {
    const button = ways.children.item(index);
    if (button) paintWay(button, name, scene, session);
  }
}

function offeredAgain({ channels: wanted }: Settings, session: Session): readonly Channel[] {
  const { channel, channels } = session.verification;
  const allowed = channels.filter((name) => wanted.length === 0 || wanted.includes(name));
  return [channel, ...allowed.filter((name) => name !== channel)];
}

function againButton(channel: Channel): HTMLButtonElement {
  return make("button", { type: "button", part: "button", "data-channel": channel });
}

function paintWay(
  button: Element,
  name: Channel,
  { state, texts, locale }: Scene,
  { verification, waits }: Session,
): void {
  const { resendSeconds } = waits();
  const isWaiting = resendSeconds > 0;
  const again = isWaiting ? `${texts.resend} (${clock(resendSeconds, locale)})` : texts.resend;
  write(button, name === verification.channel ? again : texts[TRY[name]]);
  mark(button, "aria-disabled", isWaiting || state.isBusy);
  mark(button, "data-waiting", isWaiting ? "" : undefined);
  const isNext = name === verification.nextChannel && !isWaiting;
  mark(button, "data-suggested", isNext ? "" : undefined);
}
