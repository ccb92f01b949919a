import { SCENARIOS, withChallenge } from "./scenarios.ts";
import { simulate, type Share } from "./simulate.ts";
const wanted = process.argv[2] ?? "abcdefghij";
const pct = ({ of, served }: Share) => of === 0 ? "-" : `${(100*served/of).toFixed(1)}%/${of}`;
for (const s of SCENARIOS.filter(({id}) => wanted.includes(id))) for (const ch of [false, true]) {
  const t = performance.now();
  const r = await simulate(ch ? withChallenge(s) : s, 7);
  const row = (place: any) => [true,false].map(hasTicket => pct(r.served({hasTicket, place}))).join(" ");
  const conv = r.visits.filter(v=>v.isVerified).length / r.visits.length;
  process.stdout.write([s.id, ch ? "+" : " ", `sent ${r.messages}/${r.tries}`, `$${r.dollars.toFixed(2)} of ${r.capDollars}`, `guesses ${r.guesses} hit ${r.guessed}`, `refusal ${r.firstRefusal?.toFixed(1)} alarm ${r.firstAlarm?.minute} ${r.firstAlarm?.name}`, `| out ${row("elsewhere")} | country ${row("in the country")} | range ${row("in the range")}`, `conv ${conv.toFixed(3)} msgs ${r.honestMessages} asked ${(r.visits.filter(v=>v.isAsked).length/r.visits.length).toFixed(3)}`, s.siege ? JSON.stringify([r.besieged({hasTicket:true}), r.besieged({hasTicket:false})]) : "", `${((performance.now()-t)/1000).toFixed(1)}s`].join("  ")+"\n");
}
