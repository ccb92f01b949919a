import { explore } from "/work/wt/explore/test/exploration/explore.ts";
import { MEMORY, tableGround } from "/work/wt/explore/test/exploration/grounds.ts";
import { CONFIGURATIONS } from "/work/wt/explore/test/exploration/configurations.ts";
const which = process.argv[2];
for (const make of CONFIGURATIONS) for (const ground of [MEMORY, tableGround()]) {
  if (which && !make().name.includes(which)) continue;
  const c0 = process.cpuUsage().user;
  const r = await explore(ground as any, make());
  console.log(make().name, '|', ground.name, { states: r.states, transitions: r.transitions, schedules: r.schedules, deepest: r.deepest, ends: r.ends.size, seconds: r.seconds, cpu: (process.cpuUsage().user-c0)/1e6, broken: r.broken});
}
