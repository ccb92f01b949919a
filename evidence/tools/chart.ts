/** Bar charts as SVG, for the pages. They are readable on a light and on a dark page: a code host shows them as pictures, to which no page gives colors. */
type Bar = {
  readonly label: string;
  readonly value: number;
  /** The middle half of what was measured. */
  readonly low?: number;
  readonly high?: number;
  readonly limit?: number;
  /** The place of its series in the legend; the first where it is left out. */
  readonly series?: number;
};

export type Chart = {
  /** The file's name, without `.svg`. */
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  /** The legend, at most four names; none for a chart of one series. */
  readonly series?: readonly string[];
  readonly bars: readonly Bar[];
};

const WIDTH = 760;
const LABEL_WIDTH = 230;
const PLOT_WIDTH = WIDTH - LABEL_WIDTH - 100;
const ROW_HEIGHT = 24;
const BAR_HEIGHT = 14;
const TOP = 66;
const TICKS = 5;
const LEGEND_STEP = 120;

const LIGHT = { ground: "#fff", text: "#1f2328", faint: "#59636e", grid: "#d8dee4" } as const;
const DARK = { ground: "#0d1117", text: "#f0f6fc", faint: "#9198a1", grid: "#30363d" } as const;
const SERIES = ["#2f81f7", "#d9730d", "#8957e5", "#2ea043"] as const;

const styleOf = ({ ground, text, faint, grid }: typeof LIGHT | typeof DARK) =>
  `.g{fill:${ground};stroke:${grid}}text{fill:${text}}.f{fill:${faint}}.l{stroke:${grid}}.m{stroke:${text}}`;
const STYLE = `<style>text{font:13px system-ui,sans-serif}.f{font-size:11px}.t{font-size:15px;font-weight:600}.e{text-anchor:end}.c{text-anchor:middle}${styleOf(LIGHT)}${SERIES.map((color, index) => `.s${index}{fill:${color}}`).join("")}@media(prefers-color-scheme:dark){${styleOf(DARK)}}</style>`;

/** The chart as SVG, each bar on a line. */
export function svgOf({ title, unit, series = [], bars }: Chart): string {
  const step = stepFor(Math.max(...bars.flatMap(extentOf)));
  const ticks = Math.ceil(Math.max(...bars.flatMap(extentOf)) / step);
  const width = (value: number) => rounded((value / (step * ticks)) * PLOT_WIDTH);
  const x = (value: number) => LABEL_WIDTH + width(value);
  const bottom = TOP + bars.length * ROW_HEIGHT;
  const height = bottom + 26;
  const grid = Array.from({ length: ticks + 1 }, (_, tick) =>
    [
      line("l", x(tick * step), TOP, bottom),
      text("f c", x(tick * step), bottom + 16, rounded(tick * step).toLocaleString("en-US")),
    ].join(""),
  );
  const rows = bars.map((bar, row) => {
    const y = TOP + row * ROW_HEIGHT + 5;
    const middle = y + BAR_HEIGHT / 2;
    const { label, value, low, high, limit, series: place = 0 } = bar;
    return [
      text("e", LABEL_WIDTH - 10, middle + 5, label),
      `<rect class="s${place}" x="${LABEL_WIDTH}" y="${y}" width="${width(value)}" height="${BAR_HEIGHT}"/>`,
      low === undefined || high === undefined
        ? ""
        : `<path class="m" d="M${x(low)} ${middle}H${x(high)}"/>`,
      limit === undefined ? "" : line("m", x(limit), y - 3, y + BAR_HEIGHT + 3),
      text("", x(Math.max(...extentOf(bar))) + 8, middle + 5, `${shown(value)} ${unit}`.trim()),
    ].join("");
  });
  const hasLimit = bars.some(({ limit }) => limit !== undefined);
  const legend = [...series, ...(hasLimit ? ["limit"] : [])].map((name, index) => {
    const left = LABEL_WIDTH + index * LEGEND_STEP;
    const key =
      index < series.length
        ? `<rect class="s${index}" x="${left}" y="40" width="10" height="10"/>`
        : line("m", left + 5, 38, 52);
    return key + text("f", left + 16, 49, name);
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>${STYLE}`,
    `<rect class="g" x=".5" y=".5" width="${WIDTH - 1}" height="${height - 1}" rx="6"/>`,
    `${text("t", 16, 25, title)}${legend.join("")}${grid.join("")}`,
    ...rows,
    "</svg>\n",
  ].join("\n");
}

/** The chart in words: its title, and the value of each bar. */
export function alternativeOf({ title, unit, series = [], bars }: Chart): string {
  const values = bars.map(({ label, value, limit, series: place = 0 }) => {
    const names = [label, series[place]].filter((name) => name !== undefined && name !== "");
    const end = limit === undefined ? "" : ` (limit ${shown(limit)})`;
    return `${names.join(", ")} ${shown(value)} ${unit}`.trim() + end;
  });
  return `${title}: ${values.join("; ")}`;
}

const extentOf = ({ value, high = 0, limit = 0 }: Bar) => [value, high, limit];

/** A round number of which at most five reach beyond the largest value. */
function stepFor(largest: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(largest, 0.01) / TICKS));
  return (
    [1, 2, 5].map((factor) => factor * power).find((size) => size * TICKS >= largest) ?? 10 * power
  );
}

function line(style: string, x: number, from: number, to: number): string {
  return `<path class="${style}" d="M${x} ${from}V${to}"/>`;
}

function text(style: string, x: number, y: number, content: string): string {
  return `<text class="${style}" x="${x}" y="${y}">${escaped(content)}</text>`;
}

const rounded = (value: number) => Number(value.toFixed(2));

/** As many digits as a reader compares. */
function shown(value: number): string {
  if (Number.isInteger(value) || value >= 100) return Math.round(value).toLocaleString("en-US");
  return value.toFixed(value >= 10 ? 1 : 2);
}

function escaped(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
