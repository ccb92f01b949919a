import { allClauses, clauseName } from "./support/engine-stores.ts";
import { CONFIGURATIONS } from "./exploration/configurations.ts";
import { findingWithout, inWords } from "./exploration/findings.ts";
import { explore } from "./exploration/explore.ts";
import { tableGround } from "./exploration/grounds.ts";
const names = process.argv[2]!.split("|");
const clauses = process.argv[3]!.split("|");
const explored: any[] = [];
for (const make of CONFIGURATIONS) { const c = make(); if (!names.some((n) => c.name.includes(n))) continue;
  const r = await explore(tableGround(), c, { atMost: 60_000 }); explored.push({...r, configuration: c, ground: 'table'}); console.log(r.states, c.name, r.broken ? JSON.stringify(r.broken.promise)+inWords(r.broken.schedule) : ''); }
for (const clause of allClauses()) {
  if (!clauses.some((n) => clauseName(clause).includes(n))) continue;
  const f = await findingWithout(clause, explored);
  console.log(clauseName(clause), '→', f ? `${f.promise} [${f.configuration}] ${inWords(f.schedule)}` : 'NOT FOUND');
}
