import { readable } from "./phone-number.js";

/** Shown before anything has arrived. */
const SUGGESTED = "+447700900123";

const get = (id) => document.getElementById(id);
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
  phones.set(number, phone);
  get("phones").prepend(phone);
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
  const item = get("message").content.cloneNode(true).firstElementChild;
  const { code, parts } = withCode(text);
  item.querySelector(".bubble").append(...parts);
  const time = item.querySelector("time");
  time.dateTime = at;
  time.textContent = new Date(at).toLocaleTimeString("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  setUpCopy(item.querySelector("button"), code);
  phone.querySelector(".empty").hidden = true;
  phone.querySelector(".messages").prepend(item);
  // The phone that rang last comes first; moving it where it is would start its animation again.
  if (get("phones").firstElementChild !== phone) get("phones").prepend(phone);
  get("announcement").textContent = `${readable(to)}: ${text}`;
}

function removeEmptySuggestion(number) {
  const suggestion = phones.get(SUGGESTED);
  const isEmpty = suggestion !== undefined && !suggestion.querySelector(".empty").hidden;
  if (number === SUGGESTED || !isEmpty) return;
  suggestion.remove();
  phones.delete(SUGGESTED);
}

function setUpCopy(button, code) {
  button.hidden = code === undefined;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code);
    button.textContent = "Copied";
  });
}

phoneOf(SUGGESTED);
const stream = new EventSource("/handset/messages");
stream.onmessage = ({ data }) => receive(JSON.parse(data));
stream.onopen = () => {
  get("connection").textContent = "";
};
stream.onerror = () => {
  get("connection").textContent = "The connection broke; waiting for it.";
};
