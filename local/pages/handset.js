import { showCall } from "./handset-call.js";
import { phoneOf, showMessage, showTime } from "./handset-phone.js";
import { setUpNetwork, setUpWeather, showIncident } from "./handset-weather.js";
import { get } from "./page.js";

/** Shown before anything has arrived. */
const SUGGESTED = "+447700900123";
const CLOCK_MILLISECONDS = 5_000;

phoneOf(SUGGESTED).dataset.suggested = "";
setInterval(showTime, CLOCK_MILLISECONDS);
void setUpNetwork();
void setUpWeather();
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
