import type { Spread } from "./statistics.ts";

const MEBIBYTE = 1_048_576;
const KILOBYTE = 1_000;

export const decimal = (value: number, digits = 1) => value.toFixed(digits);
export const whole = (count: number) => Math.round(count).toLocaleString("en-US");
export const mebibytes = (bytes: number) => bytes / MEBIBYTE;
export const kilobytes = (bytes: number) => decimal(bytes / KILOBYTE);

/** `2.47 (2.40–2.55)`: the median and the middle half. */
export function spread({ median, low, high }: Spread, digits = 1): string {
  return `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
}
