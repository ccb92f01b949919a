import { PLANTED } from "./exploration/planted.ts";
import { plant } from "./exploration/plant.ts";
const which = Number(process.argv[2]);
plant(PLANTED[which]!);
const { explore } = await import("./exploration/explore.ts");
const { MEMORY } = await import("./exploration/grounds.ts");
const { CONFIGURATIONS } = await import("./exploration/configurations.ts");
const { inWords } = await import("./exploration/findings.ts");
const started = process.cpuUsage().user;
for (const make of CONFIGURATIONS) { const c = make(); if (c.ground === 'table' || c.name.includes('all at once')) continue;
  try { const r = await explore(MEMORY, c, {atMost: 200_000}); if (r.broken) { console.log(PLANTED[which]!.name, '→', r.broken.promise, `[${c.name}]`, inWords(r.broken.schedule), (process.cpuUsage().user-started)/1e6); process.exit(0); } } catch (e) { console.log(String(e).slice(0,300)); } }
console.log(PLANTED[which]!.name, 'NOT FOUND');
