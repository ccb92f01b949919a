import { explore } from "/work/wt/explore/test/exploration/explore.ts";
import { MEMORY, tableGround } from "/work/wt/explore/test/exploration/grounds.ts";
import { CONFIGURATIONS } from "/work/wt/explore/test/exploration/configurations.ts";
const which = process.argv[2];
for (const make of CONFIGURATIONS) for (const ground of [MEMORY, tableGround()]) {
  if (make().ground === 'table' && ground === MEMORY) continue;
  if (make().name.includes('all at once')) continue; if (which && !make().name.includes(which)) continue;
  const c0 = process.cpuUsage().user;
  let r; try { r = await explore(ground as any, make(), {atMost: 150_000}); } catch (e) { console.log(make().name, String(e).slice(0, 700)); continue; }
  console.log(make().name, '|', ground.name, { states: r.states, transitions: r.transitions, schedules: r.schedules, deepest: r.deepest, cpu: (process.cpuUsage().user-c0)/1e6, broken: r.broken});
}
