/** SVG by hand. GitHub shows it as a picture, where no page gives it colours: it brings its own ground, so that it reads in the dark too. */

type Bar = {
  readonly label: string;
  readonly median: number;
  /** The middle half of what was measured. */
  readonly low?: number;
  readonly high?: number;
  readonly budget?: number;
};

type Face = { readonly name: string; readonly title: string; readonly unit: string };

export type Chart = Face &
  (
    | { readonly kind: "bars"; readonly bars: readonly Bar[] }
    | { readonly kind: "percentiles"; readonly lines: readonly PercentileLine[] }
  );

type PercentileLine = {
  readonly label: string;
  readonly points: readonly { readonly name: string; readonly value: number }[];
};

const COLOR = {
  ground: "#ffffff",
  edge: "#d0d7de",
  text: "#1f2328",
  faint: "#59636e",
  grid: "#e6eaef",
  bar: "#0969da",
  over: "#bc4c00",
  budget: "#1f2328",
} as const;

/** One a percentile, from the middle to the worst. */
const SHADES = ["#0969da", "#54aeff", "#f0883e", "#bc4c00"] as const;

const FONT = `font-family="system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif"`;
const WIDTH = 760;
const LABEL_WIDTH = 190;
const RIGHT_MARGIN = 88;
const ROW_HEIGHT = 26;
const BAR_HEIGHT = 14;
const TOP = 64;
const BOTTOM = 24;
const PLOT_WIDTH = WIDTH - LABEL_WIDTH - RIGHT_MARGIN;
const TICKS = 5;

export function svgOf(chart: Chart): string {
  return chart.kind === "bars" ? barsOf(chart) : percentilesOf(chart);
}

function barsOf({ title, unit, bars }: Extract<Chart, { kind: "bars" }>): string {
  const scale = scaleFor(
    bars.flatMap(({ median, high = 0, budget = 0 }) => [median, high, budget]),
  );
  const hasBudget = bars.some(({ budget }) => budget !== undefined);
  const legend = [
    { color: COLOR.bar, label: "median" },
    ...(bars.some(isOver) ? [{ color: COLOR.over, label: "over its budget" }] : []),
  ];
  const rows = bars.map((bar, row) => {
    const y = TOP + row * ROW_HEIGHT + 6;
    const middle = y + BAR_HEIGHT / 2;
    return [
      text({ x: LABEL_WIDTH - 10, y: middle + 4, anchor: "end" }, bar.label),
      rectangle(
        LABEL_WIDTH,
        y,
        scale.width(bar.median),
        BAR_HEIGHT,
        isOver(bar) ? COLOR.over : COLOR.bar,
      ),
      bar.low === undefined || bar.high === undefined
        ? ""
        : line(scale.x(bar.low), middle, scale.x(bar.high), middle, COLOR.text, 1.5),
      bar.budget === undefined
        ? ""
        : line(
            scale.x(bar.budget),
            y - 4,
            scale.x(bar.budget),
            y + BAR_HEIGHT + 4,
            COLOR.budget,
            2.5,
          ),
      text(
        { x: scale.x(Math.max(bar.median, bar.high ?? 0, bar.budget ?? 0)) + 8, y: middle + 4 },
        `${shown(bar.median)} ${unit}`,
      ),
    ].join("");
  });
  const key = `${legendOf(legend)}${hasBudget ? mark("budget", legend.length) : ""}`;
  return frame(title, bars.length, [grid(scale, bars.length, unit), ...rows, key]);
}

function isOver({ median, budget }: Bar): boolean {
  return budget !== undefined && median > budget;
}

/** The bars of each percentile lie over one another, the longest at the back. */
function percentilesOf({ title, unit, lines }: Extract<Chart, { kind: "percentiles" }>): string {
  const scale = scaleFor(lines.flatMap(({ points }) => points.map(({ value }) => value)));
  const rows = lines.map(({ label, points }, row) => {
    const y = TOP + row * ROW_HEIGHT + 6;
    const bars = points
      .map(({ value }, index) =>
        rectangle(LABEL_WIDTH, y, scale.width(value), BAR_HEIGHT, SHADES[index] ?? COLOR.bar),
      )
      .toReversed();
    const worst = points.at(-1)?.value ?? 0;
    return [
      text({ x: LABEL_WIDTH - 10, y: y + BAR_HEIGHT / 2 + 4, anchor: "end" }, label),
      ...bars,
      text({ x: scale.x(worst) + 8, y: y + BAR_HEIGHT / 2 + 4 }, `${shown(worst)} ${unit}`),
    ].join("");
  });
  const names =
    lines[0]?.points.map(({ name }, index) => ({
      color: SHADES[index] ?? COLOR.bar,
      label: name,
    })) ?? [];
  return frame(title, lines.length, [grid(scale, lines.length, unit), ...rows, legendOf(names)]);
}

type Scale = {
  readonly step: number;
  readonly end: number;
  readonly width: (value: number) => number;
  readonly x: (value: number) => number;
};

/** From nothing to a round number beyond the largest value. */
function scaleFor(values: readonly number[]): Scale {
  const largest = Math.max(...values, Number.MIN_VALUE);
  const power = 10 ** Math.floor(Math.log10(largest / TICKS));
  const step =
    [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size * TICKS >= largest) ??
    power;
  const end = Math.ceil(largest / step) * step;
  const width = (value: number) => (value / end) * PLOT_WIDTH;
  return { step, end, width, x: (value) => LABEL_WIDTH + width(value) };
}

function grid({ step, end, x }: Scale, rows: number, unit: string): string {
  const bottom = TOP + rows * ROW_HEIGHT;
  const ticks = Array.from({ length: Math.round(end / step) + 1 }, (_, index) => index * step);
  return ticks
    .map((tick, index) => {
      const label = `${ticked(tick)}${index === ticks.length - 1 ? ` ${unit}` : ""}`;
      return (
        line(x(tick), TOP, x(tick), bottom, COLOR.grid, 1) +
        text({ x: x(tick), y: bottom + 15, anchor: "middle", color: COLOR.faint, size: 11 }, label)
      );
    })
    .join("");
}

const LEGEND_STEP = 130;
const LEGEND_Y = 46;

function legendOf(entries: readonly { readonly color: string; readonly label: string }[]): string {
  return entries
    .map(({ color, label }, index) => {
      const x = LABEL_WIDTH + index * LEGEND_STEP;
      return (
        rectangle(x, LEGEND_Y - 9, 10, 10, color) +
        text({ x: x + 16, y: LEGEND_Y, color: COLOR.faint, size: 12 }, label)
      );
    })
    .join("");
}

function mark(label: string, place: number): string {
  const x = LABEL_WIDTH + place * LEGEND_STEP;
  return (
    line(x + 4, LEGEND_Y - 11, x + 4, LEGEND_Y + 3, COLOR.budget, 2.5) +
    text({ x: x + 16, y: LEGEND_Y, color: COLOR.faint, size: 12 }, label)
  );
}

function frame(title: string, rows: number, parts: readonly string[]): string {
  const height = TOP + rows * ROW_HEIGHT + BOTTOM;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="6" fill="${COLOR.ground}" stroke="${COLOR.edge}"/>`,
    text({ x: 16, y: 25, size: 15, weight: 600 }, title),
    ...parts,
    "</svg>\n",
  ].join("\n");
}

type TextStyle = {
  readonly x: number;
  readonly y: number;
  readonly anchor?: "start" | "middle" | "end";
  readonly color?: string;
  readonly size?: number;
  readonly weight?: number;
};

function text(
  { x, y, anchor = "start", color = COLOR.text, size = 13, weight = 400 }: TextStyle,
  content: string,
): string {
  return `<text x="${pixels(x)}" y="${pixels(y)}" ${FONT} font-size="${size}" font-weight="${weight}" fill="${color}" text-anchor="${anchor}">${escaped(content)}</text>`;
}

function rectangle(x: number, y: number, width: number, height: number, color: string): string {
  return `<rect x="${pixels(x)}" y="${pixels(y)}" width="${pixels(width)}" height="${height}" fill="${color}"/>`;
}

function line(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  color: string,
  width: number,
): string {
  return `<line x1="${pixels(x1)}" y1="${pixels(y1)}" x2="${pixels(x2)}" y2="${pixels(y2)}" stroke="${color}" stroke-width="${width}"/>`;
}

const pixels = (value: number) => String(Number(value.toFixed(1)));

/** As many digits as a reader compares. */
function shown(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en-US");
  return value.toFixed(value >= 10 ? 1 : 2);
}

/** A tick is a round number. */
const ticked = (value: number) => Number(value.toFixed(2)).toLocaleString("en-US");

function escaped(content: string): string {
  return content.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
