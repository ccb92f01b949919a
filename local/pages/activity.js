/** Shows the answer of /activity/state every few seconds, and runs the actions of its buttons. */
import { get, make, notice, put, timeOf } from "./page.js";

const LOOK_MILLISECONDS = 2_000;
const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 600;
const HEIGHT = 100;

const sum = (figures) => figures.reduce((total, figure) => total + figure, 0);
const whole = (figure) => figure.toLocaleString("en-GB", { maximumFractionDigits: 0 });
const dollars = (figure) => `$${figure.toFixed(2)}`;
const percent = (part, of) => (of === 0 ? "–" : `${Math.round((100 * part) / of)} %`);
const time = (at) => timeOf(new Date(at));

function draw(name, attributes, children = []) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

const box = (label, children) =>
  draw(
    "svg",
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: "none",
      role: "img",
      "aria-label": label,
    },
    children,
  );

function bars(figures, most, className, from = figures.map(() => 0)) {
  const width = WIDTH / figures.length;
  return figures.flatMap((figure, index) => {
    const [height, below] = [figure, from[index]].map((part) => (HEIGHT * part) / most);
    if (figure === 0) return [];
    return [
      draw("rect", {
        class: className,
        x: index * width + 1,
        y: HEIGHT - below - height,
        width: width - 2,
        height,
      }),
    ];
  });
}

function showTotals({ minutes, deliveries }) {
  const total = (name) => sum(minutes.map((row) => row[name]));
  const { delivered, undelivered } = deliveries;
  const rows = [
    ["starts and resends", whole(total("starts"))],
    ["codes sent", whole(total("sent"))],
    ["approved", whole(total("approved"))],
    ["conversion", percent(total("approved"), total("sent"))],
    ["delivered, of those reported", percent(delivered, delivered + undelivered)],
    ["requests refused", whole(total("refused"))],
  ];
  get("totals").replaceChildren(
    ...rows.map(([name, figure]) =>
      make("div", {}, [make("dt", { text: name }), make("dd", { text: figure })]),
    ),
  );
}

function showMinutes({ at, startedAt, minutes }) {
  const [sent, approved, refused] = ["sent", "approved", "refused"].map((name) =>
    minutes.map((row) => row[name]),
  );
  const most = Math.max(5, ...sent.map((figure, index) => figure + refused[index]), ...approved);
  const step = WIDTH / minutes.length;
  const line = approved.map(
    (figure, index) => `${(index + 0.5) * step},${HEIGHT - (HEIGHT * figure) / most}`,
  );
  const first = at - (minutes.length - 1) * 60_000;
  const began = startedAt > first ? `, started at ${time(startedAt)}` : "";
  const label = `In this minute: ${sent.at(-1)} sent, ${approved.at(-1)} approved, ${refused.at(-1)} refused. At most ${most} a minute in the hour.`;
  get("minutes").replaceChildren(
    make("p", { class: "row spread small-print" }, [
      make("span", { text: `${whole(most)} a minute` }),
    ]),
    box(label, [
      ...[0, 0.5].map((part) =>
        draw("line", { class: "grid", x1: 0, x2: WIDTH, y1: part * HEIGHT, y2: part * HEIGHT }),
      ),
      ...bars(sent, most, "sent"),
      ...bars(refused, most, "refused", sent),
      draw("polyline", { class: "approved", points: line.join(" ") }),
    ]),
    make("p", { class: "row spread small-print" }, [
      make("span", { text: `${time(first)}${began}` }),
      make("span", { text: `${time(at)}, now` }),
    ]),
  );
}

function meter(name, figure, drawing, isTall = false) {
  return make("div", { class: isTall ? "meter tall" : "meter" }, [
    make("span", { text: name }),
    make("span", { text: figure }),
    drawing,
  ]);
}

function showReasons({ reasons }) {
  const rows = reasons.map(({ reason, minutes }) =>
    meter(
      reason,
      whole(sum(minutes)),
      box(`${reason} by minute`, bars(minutes, Math.max(1, ...minutes), "refused")),
      true,
    ),
  );
  get("reasons").replaceChildren(
    ...(rows.length > 0 ? rows : [make("p", { class: "hint", text: "Nothing was refused." })]),
  );
}

function showSpend({ spend }) {
  get("spend").replaceChildren(
    ...spend.map(({ name, dollars: spent, cap }) => {
      const share = Math.min(1, spent / cap);
      const bar = draw("rect", {
        class: share > 0.8 ? "refused" : "sent",
        x: 0,
        y: 0,
        width: WIDTH * share,
        height: HEIGHT,
      });
      return meter(
        name,
        `${dollars(spent)} of ${dollars(cap)}`,
        box(`${name}: ${Math.round(100 * share)} %`, [bar]),
      );
    }),
  );
}

const HEADINGS = {
  clients: "Clients",
  numbers: "Numbers",
  ranges: "Ranges of ten thousand",
  countries: "Countries",
  apps: "Apps",
};

function showTops({ top, at }) {
  get("tops").replaceChildren(
    // A stage with one app has no row of apps.
    ...Object.entries(HEADINGS)
      .filter(([kind]) => kind !== "apps" || (top.apps ?? []).length > 0)
      .map(([kind, name]) => {
        const limited = kind === "numbers" ? "turns" : "unverified";
        const names = ["", "asked", "sent", "approved", "wrong", limited, "action"];
        const rows = (top[kind] ?? []).map((row) => topRow(row, at, kind !== "apps"));
        return tableOf(name, names, rows, [make("caption", { text: name })]);
      }),
  );
}

function tableOf(label, names, rows, above = []) {
  const cells = names.map((text) =>
    text === ""
      ? make("td")
      : make("th", { scope: "col", class: text === "Meaning" ? "words" : "", text }),
  );
  const head = make("thead", {}, [make("tr", {}, cells)]);
  const kind = above.length > 0 ? "scroll" : "scroll alarms";
  return make("div", { class: kind, tabindex: "0", role: "group", "aria-label": label }, [
    make("table", {}, [...above, head, make("tbody", {}, rows)]),
  ]);
}

function topRow({ ref, label, asked, sent, approved, wrong, counters }, at, isTarget) {
  const isBlocked = (counters?.block?.until ?? 0) > at;
  const [command, name] = isBlocked ? ["unblock", "Unblock"] : ["block", "Block"];
  const button = make("button", {
    class: "small",
    type: "button",
    "aria-label": `${name} ${label}${isBlocked ? "" : " for an hour"}`,
    "data-key": ref,
    text: name,
  });
  button.addEventListener("click", () => operate({ command, ref }));
  return make("tr", { class: isBlocked ? "red" : "" }, [
    make("th", { scope: "row", text: isBlocked ? `${label} (blocked)` : label }),
    ...[asked, sent, approved, wrong].map((figure) => make("td", { text: whole(figure) })),
    limitCell(counters),
    make("td", {}, isTarget ? [button] : []),
  ]);
}

function limitCell(counters) {
  if (counters === undefined) return make("td", { text: "–" });
  const { used, max } = counters;
  if (max === undefined) return make("td", { text: "no limit" });
  return make("td", { class: used >= max ? "full" : "", text: `${whole(used)} of ${whole(max)}` });
}

const inUnit = (figure, unit) =>
  unit === "$" ? dollars(figure) : `${whole(figure)}${unit === "" ? "" : ` ${unit}`}`;
function stateOf(state, isAbove, since) {
  if (state === "learning") return "learns in AWS";
  if (state === "alarm") return `rings since ${time(since)}`;
  return isAbove ? "above so far" : "quiet";
}

function alarmRow({ name, summary, runbook, figure, threshold, unit, state, since }) {
  const figures = `${inUnit(figure, unit)} (${inUnit(threshold, unit)})`;
  return make("tr", { class: state === "alarm" ? "red" : "" }, [
    make("th", { scope: "row" }, [
      make("a", { href: `/docs/operate/runbooks/${runbook}.md`, text: name }),
    ]),
    make("td", { text: stateOf(state, figure > threshold, since) }),
    make("td", { text: state === "learning" ? "–" : figures }),
    make("td", { class: "words", text: summary }),
  ]);
}

const alarmTable = (label, rows) =>
  tableOf(label, ["Alarm", "State", "Now (rings above)", "Meaning"], rows.map(alarmRow));

/** Alarms that ring or soon may are in sight; the quiet ones can be opened. */
function showAlarms({ alarms }) {
  const red = alarms.filter(({ state }) => state === "alarm");
  const above = alarms.filter(
    ({ state, figure, threshold }) => state === "ok" && figure > threshold,
  );
  const quiet = alarms.filter((one) => !red.includes(one) && !above.includes(one));
  const isOpen = get("alarms").querySelector("details")?.open === true;
  get("alarms").replaceChildren(
    ...(red.length + above.length > 0 ? [alarmTable("Alarms", [...red, ...above])] : []),
    make("details", isOpen ? { open: "" } : {}, [
      make("summary", { "data-key": "quiet", text: `${quiet.length} alarms are quiet` }),
      alarmTable("Quiet alarms", quiet),
    ]),
  );
  const words = red.map(({ name, summary }) => `${name}: ${summary}`).join("\n");
  if (get("ringing").textContent !== words) notice(get("ringing"), words, true);
}

function showAttack({ attack }) {
  get("attack").hidden = attack === undefined;
  if (attack === undefined) return;
  const { title, tries, messages, firstRefusalSeconds, isOver } = attack;
  if (tries === 0) return notice(get("attack"), `Attack: ${title}. It has not begun.`);
  const refused =
    firstRefusalSeconds === undefined
      ? "none refused yet"
      : `the first was refused after ${firstRefusalSeconds} s`;
  notice(
    get("attack"),
    `Attack: ${title}. ${whole(tries)} tried, ${whole(messages)} sent for ${dollars(attack.dollars)}, ${refused}.${isOver ? " It is over." : ""}`,
  );
}

function showPause({ isPaused }) {
  const button = get("pause");
  get("paused").hidden = !isPaused;
  button.disabled = false;
  button.textContent = isPaused ? "Resume sending" : "Pause all sending";
  button.dataset.command = isPaused ? "resume" : "pause";
}

const OUTCOMES = {
  blocked: "Blocked for an hour. It takes effect within seconds.",
  "blocked-longer": "It is blocked for longer already.",
  opened: "Unblocked.",
  "not-blocked": "It was not blocked.",
  paused: "Sending is paused.",
  "paused-already": "Sending was paused already.",
  resumed: "Sending goes on.",
  "not-paused": "Sending was not paused.",
};

async function operate(wish) {
  const { kind, why } = await (await put("/activity/operation", wish)).json();
  notice(get("outcome"), OUTCOMES[kind] ?? `Refused: ${why}.`);
  await look();
}

async function look() {
  try {
    const response = await fetch("/activity/state");
    const state = await response.json();
    if (!response.ok) throw new Error(state.why);
    const focused = document.activeElement?.dataset.key;
    for (const show of [
      showPause,
      showAttack,
      showTotals,
      showMinutes,
      showReasons,
      showSpend,
      showTops,
      showAlarms,
    ])
      show(state);
    // The table is drawn anew: the button that had the focus keeps it.
    if (focused) document.querySelector(`[data-key="${focused}"]`)?.focus();
    notice(get("connection"), "", true);
  } catch (fault) {
    notice(
      get("connection"),
      fault instanceof TypeError
        ? "The connection broke. Waiting for Latchkey to come back …"
        : fault.message,
      true,
    );
  }
}

get("pause").addEventListener("click", ({ target }) =>
  operate({ command: target.dataset.command }),
);
await look();
setInterval(look, LOOK_MILLISECONDS);
