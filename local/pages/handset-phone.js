/** The phones: one a number, with its messages, its chat and its calls. */

import { copy, get, make, readable, timeOf } from "./page.js";

const phones = new Map();
const shown = new Set();

/** The content of a tab, as in the title of its phone. */
const TITLES = { sms: "Messages of", whatsapp: "WhatsApp of", voice: "Calls of" };

export function phoneOf(number) {
  const known = phones.get(number);
  if (known !== undefined) return known;
  const phone = get("phone").content.cloneNode(true).firstElementChild;
  const title = phone.querySelector("h2");
  title.textContent = readable(number);
  title.id = `phone-${number.slice(1)}`;
  title.dataset.what = TITLES.sms;
  phone.setAttribute("aria-labelledby", title.id);
  for (const tab of tabsOf(phone)) setUpTab(phone, tab, title.id);
  phone.querySelector('[role="tablist"]').setAttribute("aria-labelledby", title.id);
  phones.set(number, phone);
  get("phones").prepend(phone);
  showTime();
  return phone;
}

/** The phone of a new arrival: moved to the front, with that tab open. */
export function phoneWith(number, kind) {
  removeEmptySuggestion(number);
  const phone = phoneOf(number);
  phone.querySelector(".empty").hidden = true;
  const tabs = tabsOf(phone);
  for (const tab of tabs) if (tab.dataset.kind === kind) tab.hidden = false;
  phone.querySelector('[role="tablist"]').hidden = tabs.filter(({ hidden }) => !hidden).length < 2;
  openTab(phone, kind);
  // Moving it where it is would start its animation again.
  if (get("phones").firstElementChild !== phone) get("phones").prepend(phone);
  return phone;
}

export function panelOf(phone, kind) {
  return phone.querySelector(`[data-panel="${kind}"]`);
}

export function showMessage({ sid, to, text, at, channel }) {
  // After a broken connection everything comes again.
  if (shown.has(sid)) return;
  shown.add(sid);
  const phone = phoneWith(to, channel);
  const messages = panelOf(phone, channel);
  messages.prepend(messageItem({ text, at, from: to }));
  // A list that scrolls must be reachable by keyboard; the first code in it is.
  messages.scrollTop = 0;
  const way = channel === "whatsapp" ? " on WhatsApp" : "";
  get("announcement").textContent = `${readable(to)}${way}: ${text}`;
}

export function showTime() {
  const now = timeOf(new Date());
  for (const element of document.querySelectorAll(".phone .now")) element.textContent = now;
}

function tabsOf(phone) {
  return [...phone.querySelectorAll('[role="tab"]')];
}

/** https://www.w3.org/WAI/ARIA/apg/patterns/tabs/ */
function setUpTab(phone, tab, titleId) {
  const { kind } = tab.dataset;
  const panel = panelOf(phone, kind);
  panel.id = `${titleId}-${kind}`;
  tab.id = `${panel.id}-tab`;
  tab.setAttribute("aria-controls", panel.id);
  panel.setAttribute("aria-label", tab.textContent);
  tab.addEventListener("click", () => openTab(phone, kind));
  tab.addEventListener("keydown", ({ key }) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (step === undefined) return;
    const tabs = tabsOf(phone).filter(({ hidden }) => !hidden);
    const next = tabs.at((tabs.indexOf(tab) + step) % tabs.length);
    openTab(phone, next.dataset.kind);
    next.focus();
  });
}

function openTab(phone, kind) {
  for (const tab of tabsOf(phone)) {
    const isOpen = tab.dataset.kind === kind;
    tab.setAttribute("aria-selected", String(isOpen));
    tab.tabIndex = isOpen ? 0 : -1;
    panelOf(phone, tab.dataset.kind).hidden = !isOpen;
  }
  phone.querySelector("h2").dataset.what = TITLES[kind];
}

/** The digits that a person is asked to type: the first run of six to eight. */
function withCode(text) {
  const [before, code, after] = text.split(/(?<!\d)(\d{6,8})(?!\d)(.*)/s);
  const parts = code === undefined ? [text] : [before, make("strong", { text: code }), after];
  return { code, parts };
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

function removeEmptySuggestion(number) {
  for (const [known, phone] of phones) {
    const isEmpty = phone.dataset.suggested !== undefined && !phone.querySelector(".empty").hidden;
    if (known === number || !isEmpty) continue;
    phone.remove();
    phones.delete(known);
  }
}
