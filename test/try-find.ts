import { allClauses } from "./support/engine-stores.ts";
import { CONFIGURATIONS } from "./exploration/configurations.ts";
import { findingWithout, inWords } from "./exploration/findings.ts";
import { explore } from "./exploration/explore.ts";
import { tableGround } from "./exploration/grounds.ts";
const explored: any[] = [];
for (const make of CONFIGURATIONS) { const c = make(); if (c.isLong) continue; const cpu=process.cpuUsage().user;
  try { const r = await explore(tableGround(), c, { atMost: 40_000 }); explored.push({...r, configuration: c, ground: 'table'}); console.log(r.states, ((process.cpuUsage().user-cpu)/1e6).toFixed(1), c.name, r.broken ? JSON.stringify(r.broken.promise)+inWords(r.broken.schedule) : ''); } catch (e) { console.log(c.name, String(e).slice(0,400)); } }
for (const clause of allClauses()) {
  const cpu=process.cpuUsage().user;
  let f; try { f = await findingWithout(clause, explored); } catch (e) { console.log(String(e)); }
  console.log(`${clause.store}.${clause.write}: ${clause.fact}`, ((process.cpuUsage().user-cpu)/1e6).toFixed(1), '→', f ? `${f.promise} [${f.configuration}] ${f.schedule.length}` : 'NOT FOUND');
}
