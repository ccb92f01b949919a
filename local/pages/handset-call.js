/** Calls: a phone rings, is answered or not, shows the spoken text, and takes keys. */

import { panelOf, phoneWith } from "./handset-phone.js";
import { get, make, put, readable, timeOf } from "./page.js";

const KEYS = "1 2ABC 3DEF 4GHI 5JKL 6MNO 7PQRS 8TUV 9WXYZ * 0+ #"
  .split(" ")
  .map(([key, ...letters]) => [key, letters.join("")]);
const KEY_NAMES = { "*": "Star", "#": "Hash" };

/** The state that each call was last seen in. */
const seen = new Map();
const languages = new Intl.DisplayNames(["en"], { type: "language", fallback: "code" });

export function showCall(view) {
  const before = seen.get(view.sid);
  // After a lost connection all events are repeated; an ended call does not change.
  if (before === "ended") return;
  seen.set(view.sid, view.state);
  const phone = before === undefined ? phoneWith(view.to, "voice") : phoneOfCall(view);
  if (view.state === "ended") endCall(phone, view);
  else updateCall(phone, view, before);
  showTitle();
}

const open = new Map();

function phoneOfCall({ sid, to }) {
  return open.get(sid) ?? phoneWith(to, "voice");
}

function updateCall(phone, view, before) {
  const call = phone.querySelector(".call");
  if (open.get(view.sid) === undefined) beginCall(phone, call, view);
  call.dataset.state = view.isVoicemail ? "voicemail" : view.state;
  call.querySelector(".call-state").textContent = wordsOf(view);
  call.querySelector(".call-hint").textContent = hintOf(view);
  call.classList.toggle("listening", view.isListening);
  for (const line of view.lines.slice(call.querySelectorAll(".lines > li").length))
    addLine(call.querySelector(".lines"), line);
  if (before === "ringing" && view.state === "talking" && call.contains(document.activeElement))
    call.querySelector(".keys button").focus();
}

function beginCall(phone, call, view) {
  open.set(view.sid, phone);
  const from = readable(view.from);
  call.hidden = false;
  phone.classList.add("in-call");
  call.setAttribute("aria-label", `Call from ${from}`);
  call.querySelector(".call-from").textContent = from;
  call.querySelector(".lines").replaceChildren();
  // What scrolls must be reachable by keyboard.
  call.querySelector(".said").tabIndex = 0;
  call.querySelector(".keys").replaceChildren(...KEYS.map((key) => keyButton(view.sid, key)));
  for (const button of call.querySelectorAll("[data-action]"))
    button.onclick = () => act({ sid: view.sid, action: button.dataset.action });
  call.onkeydown = ({ key, ctrlKey, metaKey }) => {
    const isKey = KEYS.some(([name]) => name === key);
    if (isKey && !ctrlKey && !metaKey) void act({ sid: view.sid, action: "press", key });
  };
  if (view.state !== "ringing") return;
  get("ringing").textContent = `${readable(view.to)} rings: a call from ${from}.`;
}

function endCall(phone, view) {
  const call = phone.querySelector(".call");
  const hadFocus = call.contains(document.activeElement);
  if (open.delete(view.sid) && ![...open.values()].includes(phone)) {
    call.hidden = true;
    phone.classList.remove("in-call");
  }
  const calls = panelOf(phone, "voice");
  calls.prepend(pastCall(view));
  calls.scrollTop = 0;
  get("ringing").textContent = "";
  get("announcement").textContent = `${readable(view.to)}: ${endOf(view)}.`;
  if (hadFocus) (calls.querySelector("summary") ?? phone.querySelector('[role="tab"]')).focus();
}

function pastCall(view) {
  const item = get("past-call").content.cloneNode(true).firstElementChild;
  item.querySelector("strong").textContent = endOf(view);
  item.classList.toggle("missed", view.end !== "completed");
  const time = item.querySelector("time");
  time.dateTime = view.at;
  time.textContent = timeOf(new Date(view.at), true);
  const details = item.querySelector("details");
  details.hidden = view.lines.length === 0;
  details.open = view.lines.length > 0;
  for (const line of view.lines) addLine(details.querySelector(".lines"), line);
  return item;
}

function addLine(lines, { text, language }) {
  const item = get("line").content.cloneNode(true).firstElementChild;
  item.querySelector(".language").textContent = languages.of(language);
  const words = item.querySelector(".words");
  words.lang = language;
  words.textContent = text;
  lines.append(item);
  item.scrollIntoView({ block: "nearest" });
}

function keyButton(sid, [key, letters]) {
  const shown = [make("span", { text: key }), " ", make("small", { text: letters })];
  const button = make("button", { type: "button" }, shown);
  if (key in KEY_NAMES) button.setAttribute("aria-label", KEY_NAMES[key]);
  button.addEventListener("click", () => act({ sid, action: "press", key }));
  return button;
}

const act = (wish) => put("/handset/call", wish);

function wordsOf({ to, state, isVoicemail }) {
  if (isVoicemail) return `The voicemail of ${readable(to)} listens to`;
  return state === "ringing" ? `${readable(to)} is called by` : `${readable(to)} listens to`;
}

function hintOf({ isListening, keys }) {
  const pressed = keys === "" ? "" : `You pressed ${[...keys].join(" ")}.`;
  return isListening && keys === "" ? "The caller waits for a key." : pressed;
}

function endOf({ end, isVoicemail, keys }) {
  if (isVoicemail) return "Voicemail";
  if (end === "completed") return keys === "" ? "Answered" : `Answered, pressed ${keys}`;
  return { declined: "Declined", missed: "Missed call" }[end];
}

/** Shows in the title that a phone rings, for another tab. */
function showTitle() {
  const ringing = [...seen.values()].filter((state) => state === "ringing").length;
  document.title = ringing > 0 ? "☎ Incoming call · Latchkey" : "Handset · Latchkey";
}
