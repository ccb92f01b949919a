import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import {
  addressIn,
  deploy,
  nextSteps,
  parseDeployArguments,
  refusePlaceholders,
} from "../../cli/deploy-command.ts";
import { destroy, destroyedAndKept, parseDestroyArguments } from "../../cli/destroy-command.ts";
import type { RunProgram } from "../../cli/run-program.ts";
import { STAGES } from "../../infra/stages.ts";

/** Ends every program with the code given for its name, and writes down what was run. */
function programs(codes: Readonly<Record<string, number>> = {}) {
  const ran: string[] = [];
  const run: RunProgram = async (program, args) => {
    ran.push([program, ...args].join(" "));
    return codes[program] ?? 0;
  };
  return { ran, run };
}

const SYNTH = "npx --no-install cdk synth --quiet -c stage=dev --output built/cdk.out";
const CDK = "npx --no-install cdk deploy --app built/cdk.out --outputs-file built/outputs.json";
const losesNothing = { refuse: async () => undefined };

const deploying = (args: readonly string[], run: RunProgram, refusals = losesNothing) =>
  deploy(parseDeployArguments(args), "built", run, refusals);

describe("deploy", () => {
  it.each([
    ["the checks, then cdk for that stage", [], ["npm test", SYNTH, CDK]],
    ["no checks with --skip-tests", ["--skip-tests"], [SYNTH, CDK]],
    [
      "what reverts a change by hand, with --revert-drift",
      ["--skip-tests", "--revert-drift"],
      [SYNTH, `${CDK} --revert-drift`],
    ],
    [
      "cdk under the name that is given with --stack",
      ["--skip-tests", "--stack", "acme"],
      [SYNTH.replace("stage=dev", "stage=dev -c stack=acme"), CDK],
    ],
  ])("runs %s", async (_what, flags, expected) => {
    const { ran, run } = programs();
    await deploying(["dev", ...flags], run);
    expect(ran).toEqual(expected);
  });

  it("deploys nothing when a check fails", async () => {
    const { ran, run } = programs({ npm: 1 });
    await expect(deploying(["dev"], run)).rejects.toThrow("A check failed");
    expect(ran).toEqual(["npm test"]);
  });

  it("reports that cdk failed", async () => {
    const { run } = programs({ npx: 1 });
    await expect(deploying(["dev"], run)).rejects.toThrow("cdk did not synthesize");
    const deploys: RunProgram = async (_, args) => (args.includes("deploy") ? 1 : 0);
    await expect(deploying(["dev"], deploys)).rejects.toThrow("npx cdk bootstrap");
  });

  it("names the steps after a failed first deployment, which cannot be tried again", async () => {
    const failing = async (stage: string, ...statuses: readonly (string | undefined)[]) => {
      const run: RunProgram = async (_, args) => {
        // The status before everything is known by the first run.
        expect(statuses.length).toBeGreaterThan(1);
        return args.includes("deploy") ? 1 : 0;
      };
      const left = [...statuses];
      const statusOf = async () => left.shift();
      return deploy(parseDeployArguments([stage]), "built", run, { ...losesNothing, statusOf });
    };
    await expect(failing("dev", undefined, "ROLLBACK_COMPLETE")).rejects.toThrow(
      "its output has the reason. The first deployment of latchkey-dev failed",
    );
    await expect(failing("dev", "ROLLBACK_COMPLETE")).rejects.toThrow(
      "deploy again: npm run destroy -- dev.",
    );
    await expect(failing("prod", "UPDATE_ROLLBACK_FAILED")).rejects.toThrow(
      "choose Continue update rollback, then deploy again",
    );
    await expect(failing("prod", "UPDATE_IN_PROGRESS")).rejects.toThrow("has not ended");
    await expect(failing("prod", "CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")).rejects.toThrow(
      "has the reason. The version before still runs (UPDATE_ROLLBACK_COMPLETE).",
    );
    await expect(failing("prod", "ROLLBACK_FAILED")).rejects.toThrow(
      "switch off the termination protection of latchkey-prod in CloudFormation; npm run destroy -- prod --this-is-production.",
    );
  });

  it("deploys nothing where state would be lost, without the flag for it", async () => {
    const { ran, run } = programs();
    const loses = async (assembly: string) => {
      throw new Error(`${assembly} loses a table`);
    };
    const asked = ["dev", "--skip-tests"];
    await expect(
      deploy(parseDeployArguments(asked), "built", run, { refuse: loses }),
    ).rejects.toThrow("built/cdk.out loses a table");
    expect(ran).toEqual([SYNTH]);
    await deploy(parseDeployArguments([...asked, "--allow-data-loss"]), "built", run, {
      refuse: loses,
    });
    expect(ran).toEqual([SYNTH, SYNTH, CDK]);
  });

  it.each([[[]], [["production"]], [["dev", "prod"]], [["dev", "--force"]]])(
    "does not understand %j, nor does destroy",
    (args) => {
      for (const parse of [parseDeployArguments, parseDestroyArguments])
        expect(() => parse(args)).toThrow(/Name the stage|Unknown option/);
    },
  );

  it("refuses production with example values, by field", () => {
    expect(() => refusePlaceholders("prod", STAGES.prod)).toThrow(
      /^prod still has example values: .*alertEmail/,
    );
    expect(() => refusePlaceholders("dev", STAGES.dev)).not.toThrow();
  });
});

describe("after a deploy", () => {
  const worst = {
    requests: 4_320_000,
    sends: 2_160_000,
    awsDollars: 97.4,
    messageDollars: 108_000,
  };
  const steps = (name: "dev" | "prod", address?: string) =>
    stripVTControlCharacters(nextSteps(name, STAGES[name], { address, worst }));

  it("an operator receives the address of the API, the mail to confirm, the credentials to store and the highest bill", () => {
    const told = steps("prod", "https://api.example/prod");
    for (const part of [
      ...["prod is deployed", "https://api.example/prod/v1/verifications"],
      `1. Open the mail that AWS sent to ${STAGES.prod.alertEmail}`,
      "2. Put Twilio's live credentials in, unless they are: npm run secrets -- prod",
      ...["npm run checklist -- prod", "Check that the account has a CloudTrail trail"],
      ...["$97.40 for 4,320,000 requests", "$108,000.00, 2,160,000 messages at most"],
    ])
      expect(told).toContain(part);
  });

  it("a stage without an address for alarms confirms none", () => {
    expect(steps("dev")).toContain("1. Put Twilio's test credentials in");
    expect(steps("dev")).toContain("its address is in what cdk printed");
  });

  it("the address is that of the gateway", () => {
    const outputs = { "latchkey-dev": { Other: "x", LatchkeyAddress: "https://a.example/dev" } };
    expect(addressIn(outputs, "latchkey-dev")).toBe("https://a.example/dev");
    expect(addressIn(outputs, "latchkey-prod")).toBeUndefined();
    expect(addressIn(undefined, "latchkey-dev")).toBeUndefined();
  });
});

describe("destroy", () => {
  const typing = (text: string) => async () => text;

  it("destroys the stack whose name was typed again", async () => {
    const { ran, run } = programs();
    await destroy(parseDestroyArguments(["dev"]), typing("latchkey-dev"), run);
    await destroy(parseDestroyArguments(["dev", "--stack", "acme"]), typing("acme"), run);
    expect(ran).toEqual([
      "npx --no-install cdk destroy -c stage=dev --force",
      "npx --no-install cdk destroy -c stage=dev -c stack=acme --force",
    ]);
  });

  it.each(["", "yes", "dev", "latchkey-prod"])("destroys nothing for %j", async (text) => {
    const { ran, run } = programs();
    await expect(destroy(parseDestroyArguments(["dev"]), typing(text), run)).rejects.toThrow(
      "Nothing was destroyed",
    );
    expect(ran).toEqual([]);
  });

  it("refuses production without its flag", () => {
    expect(() => parseDestroyArguments(["prod"])).toThrow("add --this-is-production");
    expect(parseDestroyArguments(["prod", "--this-is-production"]).name).toBe("prod");
  });

  it("reports that cdk failed", async () => {
    const { run } = programs({ npx: 1 });
    await expect(
      destroy(parseDestroyArguments(["dev"]), typing("latchkey-dev"), run),
    ).rejects.toThrow("cdk did not destroy it");
  });

  it("lists what stays", () => {
    expect(destroyedAndKept(STAGES.prod)).toContain(
      "The table, the keys, the secret and the logs stay",
    );
    expect(destroyedAndKept(STAGES.dev)).toContain("All of it goes");
  });
});
