/** Shows and disturbs the requests of the form. Loaded before the form, which then uses this `fetch`. */

const SLOW_MILLISECONDS = 5_000;

const real = globalThis.fetch.bind(globalThis);
const listeners = new Set();

/** The chosen disturbances. `request` and `answer` hold for the next one only. */
export const broken = { request: false, answer: false, slow: false, offline: false };

/** Calls back with each exchange as it begins, and again as it ends. */
export function onExchange(listener) {
  listeners.add(listener);
}

/** The form reads the state of the network from the browser. */
export function setOffline(isOffline) {
  broken.offline = isOffline;
  Object.defineProperty(navigator, "onLine", { configurable: true, get: () => !isOffline });
  dispatchEvent(new Event(isOffline ? "offline" : "online"));
}

globalThis.fetch = async (address, options = {}) => {
  const url = new URL(address, location.href);
  if (!url.pathname.startsWith("/v1/verifications")) return real(address, options);
  const exchange = {
    method: options.method ?? "GET",
    path: url.pathname,
    headers: Object.entries(options.headers ?? {}),
    body: options.body ?? "",
    begunAt: performance.now(),
  };
  const tell = () => {
    for (const listener of listeners) listener(exchange);
  };
  tell();
  try {
    return await disturbed(exchange, () => real(address, options));
  } finally {
    exchange.milliseconds = Math.round(performance.now() - exchange.begunAt);
    tell();
  }
};

async function disturbed(exchange, ask) {
  if (broken.offline) throw lost(exchange, "no network");
  if (take("request")) throw lost(exchange, "lost on the way there");
  const response = await ask();
  exchange.status = response.status;
  exchange.answerHeaders = [...response.headers];
  exchange.answer = await response.clone().text();
  if (broken.slow) await new Promise((resolve) => setTimeout(resolve, SLOW_MILLISECONDS));
  if (take("answer")) throw lost(exchange, "done, and its answer lost");
  return response;
}

function take(what) {
  const isBroken = broken[what];
  broken[what] = false;
  return isBroken;
}

function lost(exchange, what) {
  exchange.lost = what;
  return new TypeError(what);
}
