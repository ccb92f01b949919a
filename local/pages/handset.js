import { showCall } from "./handset-call.js";
import { phoneOf, showMessage, showTime } from "./handset-phone.js";
import { get, make, notice, put, readable, timeOf } from "./page.js";

const CHANNELS = { sms: "message", whatsapp: "WhatsApp", voice: "call" };
/** The shown number of lines. */
const MOST_LINES = 100;

/** The expected faults; nothing for a calm network. */
function wordsOf({ name, seed, rates }) {
  if (name === "good") return "";
  const percent = (rate) => `${Math.round(rate * 100)}\u00a0%`;
  const parts = [
    `${percent(rates.late)} of messages and calls are late`,
    `${percent(rates.lost)} never come`,
    `Twilio fails ${percent(rates.providerError)} of requests`,
    `and its reports come twice (${percent(rates.duplicated)}), in the wrong order (${percent(rates.reordered)}) or not at all (${percent(rates.lostCallback)})`,
  ];
  return `A ${name} network: ${parts.join(", ")}. Seed ${seed}.`;
}

async function setUpChoice(name, { chosenIn, bodyOf, show, tell }) {
  const address = `/handset/${name}`;
  const now = await (await fetch(address)).json();
  show(now);
  for (const radio of document.querySelectorAll(`[name="${name}"]`)) {
    radio.checked = radio.value === chosenIn(now);
    radio.addEventListener("change", async () => {
      const next = await (await put(address, bodyOf(radio.value))).json();
      show(next);
      tell(next);
    });
  }
}

const shown = new Set();

/** Something that went wrong on purpose, in words. */
function showIncident({ sid, to, channel, at, what }) {
  const text = what.join(", ");
  const key = `${sid} ${at} ${text}`;
  // After a broken connection everything comes again.
  if (shown.has(key)) return;
  shown.add(key);
  const time = make("time", { datetime: at, text: timeOf(new Date(at), true) });
  const who = make("strong", { text: `${readable(to)}, ${CHANNELS[channel]}` });
  const item = make("li", {}, [time, " ", who, ` ${text}`]);
  get("log-lines").prepend(item);
  get("log-lines").children[MOST_LINES]?.remove();
  get("log").hidden = false;
  get("log-count").textContent = `(${shown.size})`;
}

/** Shown before anything has arrived. */
const SUGGESTED = "+447700900123";
const CLOCK_MILLISECONDS = 5_000;

phoneOf(SUGGESTED).dataset.suggested = "";
setInterval(showTime, CLOCK_MILLISECONDS);
void setUpChoice("slowness", {
  chosenIn: ({ seconds }) => String(seconds),
  bodyOf: (value) => ({ seconds: Number(value) }),
  show: () => undefined,
  tell: ({ seconds }) => {
    get("announcement").textContent =
      seconds === 0 ? "Messages arrive at once." : `Messages take ${seconds} seconds from now on.`;
  },
});
void setUpChoice("network", {
  chosenIn: ({ name }) => name,
  bodyOf: (name) => ({ name }),
  show: (network) => notice(get("network-now"), wordsOf(network)),
  tell: () => undefined,
});
const stream = new EventSource("/handset/events");
const on = (event, show) => stream.addEventListener(event, ({ data }) => show(JSON.parse(data)));
on("message", showMessage);
on("call", showCall);
on("incident", showIncident);
stream.onopen = () => {
  get("connection").textContent = "";
};
stream.onerror = () => {
  get("connection").textContent = "The connection broke. Waiting for Latchkey to come back …";
};
