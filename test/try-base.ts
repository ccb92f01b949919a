import { CONFIGURATIONS } from "./exploration/configurations.ts";
import { inWords } from "./exploration/findings.ts";
import { explore } from "./exploration/explore.ts";
import { tableGround } from "./exploration/grounds.ts";
for (const make of CONFIGURATIONS.slice(Number(process.argv[2]))) { const c = make(); if (c.isLong) continue; const cpu=process.cpuUsage().user;
  try { const r = await explore(tableGround(), c, { atMost: 60_000 }); console.log(r.states, r.transitions, ((process.cpuUsage().user-cpu)/1e6).toFixed(1), c.name, r.broken ? JSON.stringify(r.broken.promise)+inWords(r.broken.schedule) : ''); } catch (e) { console.log(c.name, String(e).slice(0,900)); } }
