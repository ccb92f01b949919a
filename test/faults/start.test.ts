import { provenInTheEnd } from "./support/person.ts";
import { describeFaults, type Scenario } from "./support/scenarios.ts";
import { startOf } from "./support/started.ts";

const SCENARIOS: readonly Scenario[] = [
  { name: "a start", ends: "201", request: startOf, finish: provenInTheEnd },
  {
    name: "a start that the provider refuses",
    from: "sender.send 1",
    ends: "503 provider-unavailable",
    request: (run) => {
      run.provider.outcome = "refused";
      return startOf(run);
    },
    mend: (run) => {
      run.provider.outcome = "accepted";
    },
    finish: provenInTheEnd,
  },
  {
    name: "a start without an answer from the provider",
    from: "sender.send 1",
    ends: "201",
    request: (run) => {
      run.provider.outcome = "unknown";
      return startOf(run);
    },
    finish: provenInTheEnd,
  },
  {
    name: "a start that is repeated",
    from: "claims.claim 1",
    ends: "201",
    request: async (run) => {
      await run.ask(startOf(run));
      return startOf(run);
    },
    finish: async (person, answer) => [
      ...(person.run.sent.length > 1 ? ["sent again"] : []),
      ...(await provenInTheEnd(person, answer)),
    ],
  },
];

await describeFaults("a start", SCENARIOS);
