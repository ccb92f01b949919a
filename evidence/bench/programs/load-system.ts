/** The whole local system in a process of its own. It reports each code that reaches a handset. It counts its CPU time from `warm` on, and reports that and its memory at `end`. */
import { STAGES } from "../../../infra/stages.ts";
import { startSystem } from "../../../local/system.ts";

/** The stage of developers may spend a hundred dollars an hour, and this is to measure the system and not the cap. */
const DOLLARS = 100_000;

const { dev } = STAGES;
const system = await startSystem({
  port: 0,
  engine: "dynalite",
  throttled: false,
  stage: { ...dev, spend: { ...dev.spend, dollarsPerHour: DOLLARS, dollarsPerDay: DOLLARS } },
});

let before = process.cpuUsage();
process.on("message", (message) => {
  if (message === "warm") before = process.cpuUsage();
  const { user, system: kernel } = process.cpuUsage(before);
  const used = { rssBytes: process.memoryUsage.rss(), cpuMilliseconds: (user + kernel) / 1_000 };
  if (message === "end") process.send?.(used);
});
process.on("disconnect", () => process.exit());
process.send?.({ url: system.url });
system.handset.subscribe(({ to, text }) =>
  process.send?.({ to, code: /\d{6}/.exec(text)?.[0] ?? "" }),
);
