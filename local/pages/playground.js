import { broken, onExchange, setOffline } from "./exchanges.js";
import "../../client/src/form/index.ts";
import { LOCALES } from "../../client/src/locales.ts";
import { get, make, put, randomId, readable } from "./page.js";

const form = get("form");
form.nonce = randomId();

/** The language of the form, and the choices as attributes of it. */
const names = new Intl.DisplayNames("en", { type: "language" });
get("locale").append(
  ...LOCALES.toSorted().map((tag) => make("option", { value: tag, text: names.of(tag) })),
);
get("locale").value = "en-GB";
for (const choice of document.querySelectorAll("[data-attribute]")) {
  const set = () => form.setAttribute(choice.dataset.attribute, choice.value);
  choice.addEventListener("change", set);
  set();
}

/** The newest message and its code. */
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
  const isOpen = known?.querySelector("details").open ?? true;
  const item = make("li", {}, [exchangeDetails(exchange, isOpen)]);
  shown.set(exchange, item);
  if (known !== undefined) return known.replaceWith(item);
  // Only the newest is open, and those that the user opened.
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
  const isBad = lost !== undefined || status >= 400;
  const outcome = make("b", { class: isBad ? "bad" : "", text: lost ?? status ?? "…" });
  const took = milliseconds === undefined ? "" : ` ${milliseconds} ms`;
  const summary = make("summary", {}, [`${method} ${shortened(path)} `, outcome, took]);
  const sides = make("div", { class: "sides" }, [
    side("Request", [`${method} ${path}`, pretty(exchange.body)], exchange.headers),
    side("Answer", [lost ?? status ?? "", pretty(exchange.answer)], exchange.answerHeaders),
  ]);
  const details = make("details", {}, [summary, sides]);
  details.open = isOpen;
  return details;
}

function shortened(path) {
  return path.replace(/(v1-[\w-]{4})[\w-]+/, "$1…");
}

/** The body first, then the headers. */
function side(name, parts, headers = []) {
  const below = headers.map(([key, value]) => `${key.toLowerCase()}: ${value}`).join("\n");
  const shown = { class: "wrapped", tabindex: "0", role: "region", "aria-label": name };
  return make("div", {}, [
    make("h3", { text: name }),
    make("pre", shown, [`${parts.join("\n\n").trim()}\n\n`, make("span", { text: below })]),
  ]);
}

function pretty(body = "") {
  try {
    return JSON.stringify(JSON.parse(body), undefined, 2);
  } catch {
    return body;
  }
}

/** The network between Twilio and the phones, where this system has one. */
const network = await fetch("/handset/network");
if (network.ok) {
  get("network").value = (await network.json()).name;
  get("network-choice").hidden = false;
  get("network").addEventListener("change", () =>
    put("/handset/network", { name: get("network").value }),
  );
}
