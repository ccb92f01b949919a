/** The whole local system in a process of its own. It reports each code that reaches a handset. On each message from its parent it reports its memory and CPU time. */
import { STAGES } from "../../../infra/stages.ts";
import { startSystem } from "../../../local/system.ts";

/** The stage of developers may spend a hundred dollars an hour, and this is to measure the system and not the cap. */
const DOLLARS = 100_000;

const MICROSECONDS = 1_000;

const { dev } = STAGES;
const system = await startSystem({
  port: 0,
  engine: "dynalite",
  throttled: false,
  stage: { ...dev, spend: { ...dev.spend, dollarsPerHour: DOLLARS, dollarsPerDay: DOLLARS } },
});

process.on("message", () => {
  const { user, system: kernel } = process.cpuUsage();
  process.send?.({
    rssBytes: process.memoryUsage.rss(),
    cpuMilliseconds: (user + kernel) / MICROSECONDS,
  });
});
process.on("disconnect", () => process.exit());
process.send?.({ url: system.url });
system.handset.subscribe(({ to, text }) =>
  process.send?.({ to, code: /\d{6}/.exec(text)?.[0] ?? "" }),
);
