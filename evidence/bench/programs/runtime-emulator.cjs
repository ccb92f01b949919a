/**
 * Takes the place of Lambda's own process behind the runtime client: hands out one event so many times, and then reports what this process has
 * used. `LATCHKEY_BENCH_EVENT` is the file of the event, none for a start without events; `LATCHKEY_BENCH_EVENTS` how many times.
 */
const { readFileSync, writeSync } = require("node:fs");

const REPORT_FD = 3;
const MICROSECONDS = 1_000;
const KIBIBYTE = 1_024;
const LIFETIME_MILLISECONDS = 20_000;

const { LATCHKEY_BENCH_EVENT: file, LATCHKEY_BENCH_EVENTS: times = "0" } = process.env;

function used() {
  const { user, system } = process.cpuUsage();
  return { milliseconds: performance.now(), cpuMilliseconds: (user + system) / MICROSECONDS };
}

let handedOut = 0;
let bodyJson;
const marks = {};
const answers = {};

function end() {
  const peakBytes = process.resourceUsage().maxRSS * KIBIBYTE;
  // Where Node was started with a way to ask for it.
  globalThis.gc?.();
  const liveBytes = globalThis.gc === undefined ? undefined : process.memoryUsage().heapUsed;
  const hasUndici = process.moduleLoadList.some((name) => name.includes("undici"));
  writeSync(REPORT_FD, JSON.stringify({ ...marks, answers, peakBytes, liveBytes, hasUndici }));
  process.exit(0);
}

function count(body) {
  const status = JSON.parse(body)?.statusCode ?? body;
  answers[status] = (answers[status] ?? 0) + 1;
  marks.firstAnswer ??= used();
}

module.exports = {
  initializeClient() {},
  async next() {
    marks.ready ??= { ...used(), rssBytes: process.memoryUsage.rss() };
    if (handedOut === Number(times)) end();
    bodyJson ??= readFileSync(file, "utf8");
    handedOut += 1;
    return {
      bodyJson,
      headers: {
        "lambda-runtime-invoked-function-arn":
          "arn:aws:lambda:eu-west-2:000000000000:function:bench",
        "lambda-runtime-aws-request-id": `request-${handedOut}`,
        "lambda-runtime-deadline-ms": String(Date.now() + LIFETIME_MILLISECONDS),
      },
    };
  },
  done(_, body) {
    count(body);
  },
  error(_, body) {
    writeSync(2, body);
    process.exit(1);
  },
};
