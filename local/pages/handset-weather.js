/** How well everything gets through: the two switches at the top, and the list of what went wrong. */

import { timeOf } from "./handset-phone.js";
import { get } from "./page.js";
import { readable } from "./phone-number.js";

const CHANNELS = { sms: "message", whatsapp: "WhatsApp", voice: "call" };
/** As many as anybody reads. */
const MOST_LINES = 100;

const WEATHERS = {
  calm: "Everything arrives from now on.",
  rain: "A few messages, calls and callbacks go wrong from now on.",
  storm: "Many messages, calls and callbacks go wrong from now on.",
};

export function setUpNetwork() {
  return setUpChoice("slowness", ({ seconds }) => String(seconds), {
    bodyOf: (value) => ({ seconds: Number(value) }),
    words: (value) =>
      value === "0" ? "Messages arrive at once." : `Messages take ${value} seconds from now on.`,
  });
}

export function setUpWeather() {
  return setUpChoice("weather", ({ name }) => name, {
    bodyOf: (name) => ({ name }),
    words: (name) => WEATHERS[name],
  });
}

async function setUpChoice(name, chosenIn, { bodyOf, words }) {
  const address = `/handset/${name}`;
  const now = chosenIn(await (await fetch(address)).json());
  for (const radio of document.querySelectorAll(`[name="${name}"]`)) {
    radio.checked = radio.value === now;
    radio.addEventListener("change", async () => {
      await fetch(address, { method: "PUT", body: JSON.stringify(bodyOf(radio.value)) });
      get("announcement").textContent = words(radio.value);
    });
  }
}

const shown = new Set();

/** Something that went wrong on purpose, in words. */
export function showIncident({ sid, to, channel, at, what }) {
  const text = what.join(", ");
  const key = `${sid} ${at} ${text}`;
  // After a broken connection everything comes again.
  if (shown.has(key)) return;
  shown.add(key);
  const time = document.createElement("time");
  time.dateTime = at;
  time.textContent = timeOf(new Date(at), true);
  const who = document.createElement("strong");
  who.textContent = `${readable(to)}, ${CHANNELS[channel]}`;
  const item = document.createElement("li");
  item.append(time, " ", who, ` ${text}`);
  get("log-lines").prepend(item);
  get("log-lines").children[MOST_LINES]?.remove();
  get("log").hidden = false;
  get("log-count").textContent = `(${shown.size})`;
}
