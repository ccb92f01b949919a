import type { ParseArgsOptionsConfig } from "node:util";
import { parsePhoneNumberFromString } from "libphonenumber-js/mobile";
import { argumentsOf, CommandFault } from "../cli/terminal.ts";
import type { Scenario } from "../evidence/simulation/scenarios.ts";
import { isE164, type Phone } from "../functions/verification/identifiers.ts";
import { judgePhone } from "../functions/verification/phone-policy.ts";
import { PLAYED } from "./attack.ts";
import { ENGINES, type EngineName } from "./engines.ts";
import { LOOPBACK } from "./listening.ts";
import type { NetworkChoice } from "./twilio/emulator.ts";
import { isNetworkName, NETWORK_NAMES } from "./twilio/phone-network.ts";

export type Flags = {
  readonly port: number;
  readonly host: string;
  readonly engine: EngineName;
  readonly persist: string | undefined;
  readonly origins: readonly string[];
  readonly watch: boolean;
  readonly throttled: boolean;
  readonly network: NetworkChoice;
  readonly challenged: boolean;
  /** The attack to play against the system. */
  readonly attack: Scenario | undefined;
  /** The number that receives real messages. */
  readonly real: Phone | undefined;
  /** Where events are posted. */
  readonly eventsTo: string | undefined;
  readonly quiet: boolean;
};

/** The usual origin of a front end in development, which the stage dev allows. */
const DEFAULT_ORIGIN = "http://localhost:3000";

/** One port above the usual ones, so that it is free on most machines. */
const DEFAULT_PORT = 8_400;
const HIGHEST_PORT = 65_535;

/** Names, broken where a line of the help is full. */
function listed(names: readonly string[]): string {
  const half = Math.ceil(names.length / 2);
  return `${names.slice(0, half).join(", ")},\n                      ${names.slice(half).join(", ")}`;
}

const HELP = `npm start -- [flags]

  --port <number>     where the API and its pages listen (${DEFAULT_PORT}; 0 for any that is free)
  --host <address>    who can reach them (${LOOPBACK}: this machine alone; 0.0.0.0: its networks too)
  --origin <address>  where other pages may call from (every port of localhost may; may be given again)
  --engine <name>     the emulator of DynamoDB: ${ENGINES.join(" or ")} (which needs Java)
  --persist <folder>  keep data, keys and messages there, and go on with them at the next start
  --watch             build anew when a source changes; data and keys stay
  --unthrottled       no throttle, and no limit of unverified sends but that of a number
  --network <name>    how well messages and calls get through: ${NETWORK_NAMES.join(", ")} (good), 
                      with a seed, as in bad:7 the same faults come again
  --challenge         ask for a challenge before a code is sent, as a stage can
  --attack <name>     play an attack, and people beside it, with the limits of production:
                      ${listed(PLAYED.map(({ name }) => name))}
  --real <number>     send to this number, and to no other, by your own account at Twilio;
                      its key is asked for and kept in memory only
  --events-to <url>   post each event there, as a webhook gets it
  --quiet             no line per request or event
  --help              this text`;

const OPTIONS = {
  port: { type: "string", default: String(DEFAULT_PORT) },
  host: { type: "string", default: LOOPBACK },
  engine: { type: "string", default: ENGINES[0] },
  persist: { type: "string" },
  origin: { type: "string", multiple: true, default: [DEFAULT_ORIGIN] },
  watch: { type: "boolean", default: false },
  unthrottled: { type: "boolean", default: false },
  network: { type: "string", default: "good" },
  challenge: { type: "boolean", default: false },
  attack: { type: "string" },
  real: { type: "string" },
  "events-to": { type: "string" },
  quiet: { type: "boolean", default: false },
} satisfies ParseArgsOptionsConfig;

/** The options of a command line. Throws a `CommandFault` for a flag that cannot be understood. */
export function parseFlags(args: readonly string[]): Flags {
  const flags = argumentsOf({ help: HELP, options: OPTIONS }, args).values;
  const { port, host, engine, persist, origin, watch, unthrottled, network, quiet } = flags;
  const isPort = /^\d{1,5}$/.test(port) && Number(port) <= HIGHEST_PORT;
  if (!isPort) throw new CommandFault(`--port is a number from 0 to ${HIGHEST_PORT}`);
  if (!isEngine(engine)) throw new CommandFault(`--engine is ${ENGINES.join(" or ")}`);
  if (!origin.every(isOrigin)) throw new CommandFault(`--origin is like ${DEFAULT_ORIGIN}`);
  if (persist === "") throw new CommandFault("--persist is a folder");
  if (flags.attack !== undefined) refuseBeside(flags);
  if (host === "") throw new CommandFault("--host is an address of this machine");
  return {
    port: Number(port),
    host,
    engine,
    persist,
    origins: origin,
    watch,
    challenged: flags.challenge,
    throttled: !unthrottled,
    network: networkOf(network),
    attack: flags.attack === undefined ? undefined : attackNamed(flags.attack),
    real: flags.real === undefined ? undefined : numberIn(flags.real),
    eventsTo: addressIn(flags["events-to"]),
    quiet,
  };
}

/** An attack is played against the limits of production, and by no real messages. */
function refuseBeside({ real, unthrottled }: { real?: string; unthrottled: boolean }): void {
  if (real !== undefined || unthrottled)
    throw new CommandFault("--attack goes neither with --real nor with --unthrottled");
}

/** A name, and perhaps a seed: the same seed repeats the same faults. */
function networkOf(text: string): NetworkChoice {
  const [, name = "", seed = "1"] = /^([a-z]+)(?::(\d{1,9}))?$/.exec(text) ?? [];
  if (!isNetworkName(name))
    throw new CommandFault(`--network is ${NETWORK_NAMES.join(", ")}, or one with a seed (bad:7)`);
  return { name, seed: Number(seed) };
}

function addressIn(text: string | undefined): string | undefined {
  if (text !== undefined && !/^https?:$/.test(URL.parse(text)?.protocol ?? ""))
    throw new CommandFault("--events-to is an address such as http://localhost:3000/events");
  return text;
}

function numberIn(text: string): Phone {
  if (!isE164(text)) throw new CommandFault("--real is a number in E.164, such as +447700900123");
  const countries = [parsePhoneNumberFromString(text)?.country ?? "GB"];
  const verdict = judgePhone(text, { fictionalNumbers: false, countries });
  if (verdict.kind === "accepted") return text;
  const reason = "reason" in verdict ? verdict.reason : verdict.why;
  const words = REFUSED[reason] ?? `is a ${reason.replaceAll("-", " ")} number`;
  throw new CommandFault(`--real takes a mobile number that a code is sent to, and this ${words}`);
}

/** Beside kinds of numbers, which are named by their code. */
const REFUSED: Readonly<Record<string, string>> = {
  "phone-invalid": "is no number of its country",
  "country-not-enabled": "belongs to no single country",
  "not-mobile": "is no mobile number",
  "personal-number": "is a personal number",
};

function attackNamed(text: string): Scenario {
  const found = PLAYED.find(({ name }) => name === text);
  if (found === undefined)
    throw new CommandFault(`--attack is one of ${PLAYED.map(({ name }) => name).join(", ")}`);
  return found;
}

/** The scheme of an app, and its host. */
const APP_ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9.-]+$/;

/** As a browser writes it: no path, no slash at its end, no port that its scheme has anyway. Or of an app, such as `capacitor://localhost`. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) ? URL.parse(text)?.origin === text : APP_ORIGIN.test(text);
}

function isEngine(name: string): name is EngineName {
  return ENGINES.some((engine) => engine === name);
}
