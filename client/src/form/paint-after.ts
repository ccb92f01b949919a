import { CHANNELS, type Channel } from "../api.ts";
import { entryOf } from "../entry-of.ts";
import type { Session } from "../outcomes.ts";
import { mark, write, writePhrase } from "./elements.ts";
import { clock } from "./language.ts";
import { paintNotice, type Scene, waitOf } from "./paint.ts";
import type { Settings } from "./settings.ts";
import type { AfterView } from "./view-after.ts";
import { filled, WRONG } from "./words.ts";
import { ENDS, FINAL_FAILURES, SENT, TRY } from "./words-after.ts";

/** From this time on the clock is emphasized. */
const LATE_SECONDS = 60;

const DRAWINGS = {
  expired: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7.5V12l3 2.2",
  exhausted: "M6.5 11h11v9h-11zM9 11V8a3 3 0 0 1 6 0v3",
  canceled: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  used: "M4.5 12.5l4 4 7-9M12 16l.5.5 7-9",
  "proof-expired": "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7.5V12l3 2.2",
} as const;

/** Updates the steps after the number to the state. */
export function paintAfter(view: AfterView, scene: Scene): void {
  const { state, settings, texts } = scene;
  for (const [name, { section, heading }] of Object.entries(view)) {
    section.hidden = name !== state.step;
    mark(heading, "aria-level", settings.headingLevel);
  }
  if (state.session !== undefined) paintCode(view, scene, state.session);
  else writePhrase(view.code.sentence, "", "");
  if (state.end !== undefined) {
    write(view.ended.heading, texts[entryOf(ENDS, state.end) ?? ENDS.canceled]);
    mark(
      view.ended.drawing.firstElementChild ?? view.ended.drawing,
      "d",
      entryOf(DRAWINGS, state.end) ?? DRAWINGS.canceled,
    );
  }
  write(view.ended.text, texts.endedText);
  write(view.ended.retry.words, texts.resend);
  write(view.ended.change, texts.changeNumber);
  write(view.approved.heading, texts.approvedTitle);
  write(view.approved.number, state.typedNumber ?? "");
  mark(view.code.check.button, "aria-busy", state.busyWith === "check");
}

function paintCode({ code }: AfterView, scene: Scene, session: Session): void {
  const { state, texts, locale } = scene;
  const { codeLength, to, channel, nextChannel } = session.verification;
  const count = new Intl.NumberFormat(locale).format(codeLength);
  const told = state.step === "code" ? state.told?.key : undefined;
  const isWrong = told !== undefined && WRONG.includes(told);
  const isDead = told !== undefined && FINAL_FAILURES.includes(told) && nextChannel === undefined;
  write(code.heading, texts.codeTitle);
  writePhrase(code.sentence, texts[entryOf(SENT, channel) ?? SENT.sms], state.typedNumber ?? to);
  write(code.change, texts.changeNumber);
  code.change.hidden = isDead;
  write(code.label, texts.code);
  write(code.hint, filled(texts.codeHint, { count }));
  write(code.check.words, isDead ? texts.changeNumber : texts.check);
  code.field.style.setProperty("--length", String(codeLength));
  code.hint.hidden = paintNotice(code.told, scene, state.step === "code");
  code.box.classList.toggle("invalid", isWrong);
  mark(code.field, "aria-invalid", isWrong);
  mark(code.check.button, "data-dead", isDead);
  mark(code.check.button, "aria-disabled", state.isBusy);
  const { expirySeconds } = session.waits();
  writePhrase(code.left, texts.timeLeft, clock(expirySeconds, locale));
  code.time.classList.toggle("late", expirySeconds <= LATE_SECONDS);
  paintAgain(code, scene, session);
}

/** The buttons for another code: the same channel, and the other channels of the number. */
function paintAgain({ again }: AfterView["code"], scene: Scene, session: Session): void {
  const { state, settings, texts, locale } = scene;
  const { channel, nextChannel } = session.verification;
  const others = otherChannels(settings, session);
  const { resendSeconds } = session.waits();
  write(again.question, texts.notReceived);
  write(again.more, texts.otherWays);
  write(again.same.words, texts.resend);
  write(again.same.time, waitOf(resendSeconds, locale));
  mark(again.same.button, "data-channel", channel);
  const isOpen = again.more.dataset["open"] === "" || others.some((each) => each === nextChannel);
  again.more.hidden = others.length === 0;
  mark(again.more, "aria-expanded", String(isOpen));
  again.others.hidden = !isOpen;
  for (const { channel: each, button, words } of again.choices) {
    button.hidden = !others.includes(each);
    write(words, texts[TRY[each]]);
    mark(button, "data-channel", each);
    mark(button, "data-suggested", each === nextChannel);
  }
  for (const { button } of [again.same, ...again.choices]) {
    const isBusy = state.isBusy && button.dataset["channel"] === state.busyWith;
    const isWaiting = resendSeconds > 0 && button.dataset["channel"] !== nextChannel;
    mark(button, "aria-busy", isBusy && button.hidden !== true);
    mark(button, "aria-disabled", isWaiting || state.isBusy);
    mark(button, "data-waiting", isWaiting);
  }
}

function otherChannels({ channels: wanted }: Settings, session: Session): readonly Channel[] {
  const { channel, channels } = session.verification;
  const offered = wanted.length === 0 ? CHANNELS : wanted;
  return channels.filter((name) => name !== channel && offered.includes(name));
}
