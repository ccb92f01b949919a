/**
 * Takes the place of Lambda's own process behind the runtime client: hands out one event, and then reports what this process has used.
 * `LATCHKEY_BENCH_EVENT` is the file of the event, none for a start without one.
 */
const { readFileSync, writeSync } = require("node:fs");

const REPORT_FD = 3;
const MICROSECONDS = 1_000;
const LIFETIME_MILLISECONDS = 20_000;

const { LATCHKEY_BENCH_EVENT: file } = process.env;

function used() {
  const { user, system } = process.cpuUsage();
  return { milliseconds: performance.now(), cpuMilliseconds: (user + system) / MICROSECONDS };
}

const marks = {};

module.exports = {
  initializeClient() {},
  async next() {
    marks.ready ??= { ...used(), rssBytes: process.memoryUsage.rss() };
    if (file === undefined || marks.firstAnswer !== undefined) {
      writeSync(REPORT_FD, JSON.stringify(marks));
      process.exit(0);
    }
    return {
      bodyJson: readFileSync(file, "utf8"),
      headers: {
        "lambda-runtime-invoked-function-arn":
          "arn:aws:lambda:eu-west-2:000000000000:function:bench",
        "lambda-runtime-aws-request-id": "request-1",
        "lambda-runtime-deadline-ms": String(Date.now() + LIFETIME_MILLISECONDS),
      },
    };
  },
  done(_, body) {
    marks.firstAnswer = used();
    if (JSON.parse(body)?.statusCode < 300) return;
    writeSync(2, body);
    process.exit(1);
  },
  error(_, body) {
    writeSync(2, body);
    process.exit(1);
  },
};
