import { broken, onExchange, setOffline } from "./exchanges.js";
import "../../client/src/form/index.ts";
import { LOCALES } from "../../client/src/locales.ts";
import { get } from "./page.js";
import { readable } from "./phone-number.js";
import { randomId } from "./random.js";

const form = get("form");
form.nonce = randomId();

/** The language of the form, and the choices as attributes of it. */
const names = new Intl.DisplayNames("en", { type: "language" });
for (const tag of LOCALES.toSorted()) {
  const option = document.createElement("option");
  option.value = tag;
  option.textContent = names.of(tag);
  get("locale").append(option);
}
get("locale").value = "en-GB";
for (const choice of document.querySelectorAll("[data-attribute]")) {
  const set = () => form.setAttribute(choice.dataset.attribute, choice.value);
  choice.addEventListener("change", set);
  set();
}

/** The weather of the network between Twilio and the phones, where this system has one. */
async function setUpWeather() {
  const response = await fetch("/handset/weather");
  if (!response.ok) return;
  get("weather").value = (await response.json()).name;
  get("weather-choice").hidden = false;
  get("weather").addEventListener("change", () =>
    fetch("/handset/weather", {
      method: "PUT",
      body: JSON.stringify({ name: get("weather").value }),
    }),
  );
}

/** The newest message, and its code at hand. */
let code = "";
new EventSource("/handset/messages").addEventListener("message", ({ data }) => {
  const { to, text } = JSON.parse(data);
  code = /(?<!\d)\d{6,8}(?!\d)/.exec(text)?.[0] ?? "";
  get("message").textContent = `${readable(to)}: ${text}`;
  for (const name of ["right", "wrong"]) get(name).disabled = code === "";
});
get("right").addEventListener("click", () => form.fillCode(code));
get("wrong").addEventListener("click", () => {
  const other = (Number(code) + 1 + Math.floor(Math.random() * 900)) % 10 ** code.length;
  form.fillCode(String(other).padStart(code.length, "0"));
});

const losing = [...document.querySelectorAll("[data-lose]")];
function showLosing() {
  for (const button of losing)
    button.setAttribute("aria-pressed", String(broken[button.dataset.lose]));
}
for (const button of losing)
  button.addEventListener("click", () => {
    broken[button.dataset.lose] = !broken[button.dataset.lose];
    showLosing();
  });
get("slow").addEventListener("change", () => {
  broken.slow = get("slow").checked;
});
get("offline").addEventListener("change", () => setOffline(get("offline").checked));

const shown = new Map();
onExchange((exchange) => {
  showLosing();
  get("quiet").hidden = true;
  const known = shown.get(exchange);
  const item = document.createElement("li");
  item.append(exchangeDetails(exchange, known?.querySelector("details").open ?? true));
  shown.set(exchange, item);
  if (known !== undefined) return known.replaceWith(item);
  // Only the newest is open, but for what somebody opened.
  get("exchanges").firstElementChild?.querySelector("details").removeAttribute("open");
  get("exchanges").prepend(item);
});
get("clear").addEventListener("click", () => {
  get("exchanges").replaceChildren();
  shown.clear();
  get("quiet").hidden = false;
});

function exchangeDetails(exchange, isOpen) {
  const { method, path, status, milliseconds, lost } = exchange;
  const outcome = document.createElement("b");
  outcome.textContent = lost ?? status ?? "…";
  outcome.classList.toggle("bad", lost !== undefined || status >= 400);
  const summary = document.createElement("summary");
  const took = milliseconds === undefined ? "" : ` ${milliseconds} ms`;
  summary.append(`${method} ${shortened(path)} `, outcome, took);
  const sides = document.createElement("div");
  sides.className = "sides";
  sides.append(
    side("Request", [`${method} ${path}`, pretty(exchange.body)], exchange.headers),
    side("Answer", [lost ?? status ?? "", pretty(exchange.answer)], exchange.answerHeaders),
  );
  const details = document.createElement("details");
  details.open = isOpen;
  details.append(summary, sides);
  return details;
}

function shortened(path) {
  return path.replace(/(v1-[\w-]{4})[\w-]+/, "$1…");
}

/** The body first, since that is what one looks for; then the headers. */
function side(name, parts, headers = []) {
  const part = document.createElement("div");
  const title = document.createElement("h3");
  const text = document.createElement("pre");
  const below = document.createElement("span");
  title.textContent = name;
  text.textContent = `${parts.join("\n\n").trim()}\n\n`;
  below.textContent = headers.map(([key, value]) => `${key.toLowerCase()}: ${value}`).join("\n");
  text.append(below);
  text.tabIndex = 0;
  text.setAttribute("role", "region");
  text.setAttribute("aria-label", name);
  part.append(title, text);
  return part;
}

function pretty(body = "") {
  try {
    return JSON.stringify(JSON.parse(body), undefined, 2);
  } catch {
    return body;
  }
}

await setUpWeather();
