import type { Channel } from "../api.ts";
import { make, mark, type Phrase, write, writePhrase } from "./elements.ts";
import { clock } from "./language.ts";
import type { Settings } from "./settings.ts";
import type { State } from "./state.ts";
import type { Texts } from "./texts.ts";
import type { View } from "./view.ts";
import { sentence } from "./words.ts";

/** The input of `paint`. */
export type Scene = {
  readonly state: State;
  readonly settings: Settings;
  readonly texts: Texts;
  readonly locale: string;
  readonly now: number;
};

/** Updates the step of the number to the state. Writes changed elements only, so it may be called at any time. */
export function paint({ number }: View, scene: Scene): void {
  const { state, settings } = scene;
  number.section.hidden = state.step !== "number";
  mark(number.heading, "aria-level", settings.headingLevel);
  paintNumber(number, scene);
  mark(number.send.button, "aria-busy", state.busyWith === "send");
}

/** The text in the notice of a step, and whether it is a fault. */
function noticeOf({ state, texts, locale, now }: Scene): {
  readonly text: string;
  readonly time: string;
  readonly isFault: boolean;
} {
  const quiet = (text: string) => ({ text, time: "", isFault: false });
  if (state.isOffline) return quiet(texts.offline);
  if (state.isSlow) return quiet(texts.slow);
  if (state.told === undefined) return quiet("");
  return { ...sentence(state.told, texts, locale, now), isFault: state.told.isFault };
}

type Notice = { readonly element: HTMLElement; readonly text: Phrase };

/** Whether the notice has a text. */
export function paintNotice(
  { element, text: told }: Notice,
  scene: Scene,
  isShown: boolean,
): boolean {
  const { text, time, isFault } = noticeOf(scene);
  const isTold = isShown && text !== "";
  element.classList.toggle("fault", isFault);
  mark(element, "data-told", isTold);
  writePhrase(told, isTold ? text : "", isTold ? time : "");
  return isTold;
}

function paintNumber(number: View["number"], scene: Scene): void {
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
  write(number.send.words, texts.send);
  write(number.send.time, waitOf(seconds, locale));
  mark(number.send.button, "data-waiting", seconds > 0 ? "" : undefined);
  mark(number.send.button, "aria-disabled", state.isBusy || seconds > 0);
}

/** A wait behind the words of a button. */
export function waitOf(seconds: number, locale: string): string {
  return seconds > 0 ? ` (${clock(seconds, locale)})` : "";
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
