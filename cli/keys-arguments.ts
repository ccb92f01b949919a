import type { KeyOperationResult } from "../functions/operator/key-operations.ts";
import { LIMITS } from "../functions/policy/limits.ts";
import { KEY_RIGHTS } from "../functions/verification/api-key.ts";
import { PLACE_FLAGS, type Place, placeOf, secondsOf } from "./ops-arguments.ts";
import { argumentsOf, bold, CommandFault, no, showHelp, table, yes } from "./terminal.ts";

/** Every command about API keys as it is typed, and what it does. */
export const KEYS_ROWS: readonly (readonly [usage: string, summary: string])[] = [
  [
    "create --name shop --sends-per-day 500",
    "makes a key and shows it once; --app, --allow, --network and --for narrow it",
  ],
  ["list", "shows the keys that there are, never their text"],
  ["rotate <id>", "makes a key with the same rights and ends the old one after --overlap"],
  ["revoke <id>", `ends a key within ${LIMITS.switchCacheSeconds} seconds`],
];

const HELP = `npm run keys -- <command> --stage <name> | --stack <name> | --local [--port <port>]

${table(KEYS_ROWS)}

  --allow takes ${KEY_RIGHTS.join(",")} (all if left out); --network takes a range such as 203.0.113.0/24, and may be
  repeated; --for takes 90d (90 days if left out); --overlap takes 24h (24 hours if left out).`;

/** The command in the words of a command line. Throws a sentence if they are none. */
export function parseKeysArguments(args: readonly string[]): {
  readonly place: Place;
  readonly operation: unknown;
} {
  const { values, positionals, takesOnly } = argumentsOf(
    {
      help: HELP,
      takesWords: true,
      options: {
        stage: { type: "string" },
        stack: { type: "string" },
        local: { type: "boolean", default: false },
        port: { type: "string" },
        name: { type: "string" },
        app: { type: "string", default: "main" },
        allow: { type: "string", default: KEY_RIGHTS.join(",") },
        network: { type: "string", multiple: true, default: [] },
        "sends-per-day": { type: "string" },
        for: { type: "string", default: "90d" },
        overlap: { type: "string", default: "24h" },
      },
    },
    args,
  );
  const [command, ...operands] = positionals;
  if (command === undefined) showHelp(HELP);
  const takesId = command === "rotate" || command === "revoke";
  if (operands.length !== (takesId ? 1 : 0))
    throw new CommandFault(`keys ${command} takes ${takesId ? "the id of a key" : "no words"}.`);
  takesOnly(`keys ${command}`, [...PLACE_FLAGS, ...(OWN_FLAGS.get(command) ?? [])]);
  const [id] = operands;
  return { place: placeOf(values), operation: operationOf(command, { ...values, id }) };
}

/** Listing and revoking take none. */
const OWN_FLAGS: ReadonlyMap<string, readonly string[]> = new Map([
  ["create", ["name", "app", "allow", "network", "sends-per-day", "for"]],
  ["rotate", ["for", "overlap"]],
]);

function operationOf(
  command: string,
  values: {
    readonly id: string | undefined;
    readonly name?: string;
    readonly app: string;
    readonly allow: string;
    readonly network: readonly string[];
    readonly "sends-per-day"?: string;
    readonly for: string;
    readonly overlap: string;
  },
): unknown {
  const { id, name, app, network } = values;
  const seconds = secondsOf(values.for);
  switch (command) {
    case "create": {
      const sends = values["sends-per-day"];
      if (name === undefined || sends === undefined || !/^\d{1,7}$/.test(sends))
        throw new CommandFault("It needs --name shop and --sends-per-day 500.");
      const rights = values.allow.split(",");
      const settings = { name, app, rights, networks: network, sendsPerDay: Number(sends) };
      return { command: "keys-create", ...settings, seconds };
    }
    case "list":
      return { command: "keys-list" };
    case "rotate":
      return {
        command: "keys-rotate",
        id,
        seconds,
        overlapSeconds: secondsOf(values.overlap, "overlap"),
      };
    case "revoke":
      return { command: "keys-revoke", id };
    default:
      throw new CommandFault(`There is no command keys ${command}. --help lists what there is.`);
  }
}

/** The result of a command, for the person who gave it. */
export function keyWordsOf(result: KeyOperationResult, now: number): string {
  switch (result.kind) {
    case "refused":
      return `${no()} Refused: ${result.why}.`;
    case "key-created":
      return `${yes()} The key ${bold(result.id)}, shown this once:\n\n    ${result.key}\n`;
    case "key-revoked":
      return `${yes()} The key ${bold(result.id)} is revoked. It ends within ${LIMITS.switchCacheSeconds} seconds.`;
    case "keys":
      return result.keys.length === 0
        ? "There are no keys."
        : table(result.keys.map((key) => [key.id, rowOf(key, now)]));
  }
}

type Listed = Extract<KeyOperationResult, { kind: "keys" }>["keys"][number];

function rowOf(key: Listed, now: number): string {
  const { name, app, rights, networks, sendsPerDay, expiresAt, revokedAt } = key;
  const until = new Date(expiresAt).toISOString().slice(0, 10);
  const end = expiresAt <= now ? `expired ${until}` : `until ${until}`;
  return [
    `${name} (app ${app})`,
    rights.join(","),
    networks.length === 0 ? "any network" : networks.join(","),
    `${sendsPerDay} messages a day`,
    revokedAt === undefined ? end : "revoked",
  ].join(" · ");
}
