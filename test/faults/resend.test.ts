import { dayOf } from "../../functions/verification/spend.ts";
import { provenInTheEnd } from "./support/person.ts";
import type { Run } from "./support/run.ts";
import { describeFaults, type Scenario } from "./support/scenarios.ts";
import { startedId } from "./support/started.ts";

const KEY = "0b8f6f0a-52a6-4a0e-9d0c-5b1c3c3f7d21";

async function asked(run: Run) {
  const id = await startedId(run);
  run.deps.time.now += 30_000;
  return { route: "resend", key: KEY, id, body: {} } as const;
}

const SCENARIOS: readonly Scenario[] = [
  { name: "a resend", ends: "202", request: asked, finish: provenInTheEnd },
  {
    name: "a resend that the provider refuses",
    from: "sender.send 1",
    ends: "503 provider-unavailable",
    request: async (run) => {
      const request = await asked(run);
      run.provider.outcome = "refused";
      return request;
    },
    mend: (run) => {
      run.provider.outcome = "accepted";
    },
    finish: provenInTheEnd,
  },
  {
    name: "a resend without money for it",
    from: "spend.reserve 1",
    ends: "503 sending-paused",
    request: async (run) => {
      const request = await asked(run);
      await spend(run, 1_000_000_000);
      return request;
    },
    // The one message before.
    mend: (run) => spend(run, 100_000),
    finish: provenInTheEnd,
  },
  {
    name: "a resend that is repeated",
    from: "verifications.read 1",
    ends: "202",
    request: async (run) => {
      const request = await asked(run);
      await run.ask(request);
      return request;
    },
    finish: async (person, answer) => [
      ...(person.run.sent.length > 2 ? ["sent again"] : []),
      ...(await provenInTheEnd(person, answer)),
    ],
  },
];

function spend({ deps, put }: Run, total: number): Promise<void> {
  return put({ pk: `spend#${dayOf(deps.time.now)}#0`, total });
}

await describeFaults("a resend", SCENARIOS);
