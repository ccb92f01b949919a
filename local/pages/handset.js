import { copy, get } from "./page.js";
import { readable } from "./phone-number.js";

/** Shown before anything has arrived. */
const SUGGESTED = "+447700900123";
const CLOCK_MILLISECONDS = 5_000;

const phones = new Map();
const shown = new Set();

function phoneOf(number) {
  const known = phones.get(number);
  if (known !== undefined) return known;
  const phone = get("phone").content.cloneNode(true).firstElementChild;
  const title = phone.querySelector("h2");
  title.textContent = readable(number);
  title.id = `phone-${number.slice(1)}`;
  phone.setAttribute("aria-labelledby", title.id);
  phone.querySelector(".messages").hidden = true;
  phones.set(number, phone);
  get("phones").prepend(phone);
  showTime();
  return phone;
}

/** The digits that a person is asked to type: the first run of six to eight. */
function withCode(text) {
  const [before, code, after] = text.split(/(?<!\d)(\d{6,8})(?!\d)(.*)/s);
  const strong = document.createElement("strong");
  strong.textContent = code ?? "";
  return { code, parts: code === undefined ? [text] : [before, strong, after] };
}

function receive({ sid, to, text, at }) {
  // After a broken connection everything comes again.
  if (shown.has(sid)) return;
  shown.add(sid);
  removeEmptySuggestion(to);
  const phone = phoneOf(to);
  const messages = phone.querySelector(".messages");
  phone.querySelector(".empty").hidden = true;
  messages.hidden = false;
  messages.prepend(messageItem({ text, at, from: to }));
  // A list that scrolls must be reachable by keyboard; the first code in it is.
  messages.scrollTop = 0;
  // The phone that rang last comes first; moving it where it is would start its animation again.
  if (get("phones").firstElementChild !== phone) get("phones").prepend(phone);
  ring(phone);
  get("announcement").textContent = `${readable(to)}: ${text}`;
}

function messageItem({ text, at, from }) {
  const item = get("message").content.cloneNode(true).firstElementChild;
  const { code, parts } = withCode(text);
  item.querySelector(".bubble").append(...parts);
  const time = item.querySelector("time");
  time.dateTime = at;
  time.textContent = timeOf(new Date(at), true);
  const button = item.querySelector("button");
  button.hidden = code === undefined;
  button.setAttribute("aria-label", `Copy code ${code} of ${readable(from)}`);
  button.addEventListener("click", async () => {
    button.textContent = (await copy(code)) ? "Copied" : "Not allowed here";
  });
  return item;
}

function ring(phone) {
  phone.classList.remove("ringing");
  requestAnimationFrame(() => phone.classList.add("ringing"));
}

function removeEmptySuggestion(number) {
  const suggestion = phones.get(SUGGESTED);
  const isEmpty = suggestion !== undefined && !suggestion.querySelector(".empty").hidden;
  if (number === SUGGESTED || !isEmpty) return;
  suggestion.remove();
  phones.delete(SUGGESTED);
}

function timeOf(date, withSeconds) {
  const seconds = withSeconds ? { second: "2-digit" } : {};
  return date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", ...seconds });
}

function showTime() {
  const now = timeOf(new Date(), false);
  for (const element of document.querySelectorAll(".phone .now")) element.textContent = now;
}

async function setUpNetwork() {
  const radios = [...document.querySelectorAll('[name="slowness"]')];
  const response = await fetch("/handset/slowness");
  const { seconds } = await response.json();
  for (const radio of radios) {
    radio.checked = Number(radio.value) === seconds;
    radio.addEventListener("change", () => setSlowness(Number(radio.value)));
  }
}

async function setSlowness(seconds) {
  await fetch("/handset/slowness", { method: "PUT", body: JSON.stringify({ seconds }) });
  get("announcement").textContent =
    seconds === 0 ? "Messages arrive at once." : `Messages take ${seconds} seconds from now on.`;
}

phoneOf(SUGGESTED);
setInterval(showTime, CLOCK_MILLISECONDS);
void setUpNetwork();
const stream = new EventSource("/handset/messages");
stream.onmessage = ({ data }) => receive(JSON.parse(data));
stream.onopen = () => {
  get("connection").textContent = "";
};
stream.onerror = () => {
  get("connection").textContent = "The connection broke. Waiting for Latchkey to come back …";
};
