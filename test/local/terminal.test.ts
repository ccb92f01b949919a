import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { CommandFault } from "../../cli/terminal.ts";
import { validateStage } from "../../infra/stage-rules.ts";
import { addressesOf } from "../../local/addresses.ts";
import { parseFlags } from "../../local/flags.ts";
import { close, listen } from "../../local/listening.ts";
import { stageFor } from "../../local/stage-here.ts";
import { banner, faultLine, reloadLine, requestLine } from "../../local/terminal.ts";
import { aFolder } from "../support/folder.ts";
import { printed } from "./support/printed.ts";

const MAIN = join(import.meta.dirname, "../../local/main.ts");
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...process.env, NO_COLOR: "1", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  return child;
}

async function endOf(child: ReturnType<typeof run>) {
  const [out, error, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  return { out, error, status };
}

describe("npm start", () => {
  it("prints all addresses, and ends at once with Ctrl-C", async () => {
    const child = run(["--port", "0"]);
    const out = await printed(child, "Ctrl-C stops");
    const url = /API +(http:\/\/localhost:\d+)\/v1\/verifications/.exec(out)?.[1];
    expect(out).toContain(`${url}/handset`);
    expect(out).toMatch(/^ {2}Starting, about \d s …\n/);
    expect(out).toContain("dynalite");
    expect(out).toContain("07700 900000 to 07700 900999");
    child.kill("SIGINT");
    const [status] = await once(child, "exit");
    expect(status).toBe(0);
  });

  it("names the port that is taken, and how to choose another", async () => {
    const server = createServer();
    const port = await listen(server);
    const { error, status } = await endOf(run(["--port", String(port)]));
    await close(server);
    expect(error).toBe(
      `✗ Port ${port} is taken, perhaps by another Latchkey. --port chooses another one.\n`,
    );
    expect(status).toBe(2);
  });

  it("refuses a folder that is not writable, or used by another one", async () => {
    const nowhere = await endOf(run(["--port", "0", "--persist", MAIN]));
    expect(nowhere.error).toContain(MAIN);
    expect(nowhere.error).not.toContain("    at ");
    expect(nowhere.status).toBe(2);
    const folder = aFolder(onTestFinished);
    await writeFile(join(folder, "running.pid"), String(process.pid));
    const taken = await endOf(run(["--port", "0", "--persist", folder]));
    expect(taken.error).toContain(`in use by another Latchkey, process ${process.pid}`);
    expect(taken.status).toBe(2);
  });

  it("shows a line for each request, and none where it is to be quiet", async () => {
    for (const [flags, expected] of [
      [[], 1],
      [["--quiet"], 0],
    ] as const) {
      const child = run(["--port", "0", ...flags]);
      let out = "";
      child.stdout.on("data", (chunk: Buffer) => {
        out += chunk.toString();
      });
      const url = /http:\/\/localhost:\d+/.exec(await printed(child, "Ctrl-C stops"))?.[0];
      await (await fetch(`${url}/v1/verifications/v1-${"A".repeat(24)}`)).text();
      await expect
        .poll(() => out.match(/GET +\/v1\/verifications\/v1-AA… +404/g)?.length ?? 0)
        .toBe(expected);
      child.kill("SIGINT");
      await once(child, "exit");
    }
  });

  it("builds anew when a source is saved", async () => {
    const child = run(["--port", "0", "--watch"]);
    // Somebody may be editing at this moment: then it says what is wrong with the sources.
    const built = printed(
      child,
      /built {3}the sources as they are now|fault {3}the old build goes on/,
    );
    await printed(child, "Sources are watched.");
    // As an editor does that saves what it had: nobody's work changes. Once more where the watching has not begun yet.
    const source = join(import.meta.dirname, "../../functions/runtime/log.ts");
    const saving = setInterval(() => void utimes(source, new Date(), new Date()), 1_000);
    await built.finally(() => clearInterval(saving));
    expect(await built).toMatch(/ \d+\.\d s/);
  });

  it.each([
    [["--prot", "1"], "✗ Unknown option '--prot'. --help lists what there is.\n"],
    [
      ["--port", "0", "--host", "203.0.113.1"],
      "✗ 203.0.113.1 is no address of this machine. --host chooses another one.\n",
    ],
    [["--engine", "dynamodb-local", "--port", "0"], "✗ DynamoDB Local needs Java 17 or newer"],
  ])("reports why %j cannot be run", async (args, words) => {
    const { error, status } = await endOf(run(args, { PATH: "" }));
    expect(error.slice(0, words.length)).toBe(words);
    expect(error).not.toContain("    at ");
    expect(status).toBe(2);
  });
});

describe("flags", () => {
  it("have values that work without any", () => {
    expect(parseFlags([])).toEqual({
      challenged: false,
      port: 8_400,
      host: "127.0.0.1",
      engine: "dynalite",
      persist: undefined,
      origins: ["http://localhost:3000"],
      watch: false,
      throttled: true,
      network: { name: "good", seed: 1 },
      eventsTo: undefined,
      quiet: false,
    });
  });

  it("let in pages of every origin that is given", () => {
    const given = ["http://localhost:5173", "https://a.example"];
    const { origins } = parseFlags(given.flatMap((one) => ["--origin", one]));
    expect(origins).toEqual(given);
    expect(parseFlags(["--origin", "capacitor://localhost"]).origins).toHaveLength(1);
  });

  it.each<[string[], string?]>([
    [["--port", "65536"]],
    [["--port", "-1"]],
    [["--port", "http"]],
    [["--engine", "sqlite"]],
    [["now"]],
    [["--port"]],
    [["--persist", ""]],
    [["--real", "07911123456"]],
    [["--real", "+449012345678"], "this is a premium number"],
    [["--real", "+999123456789"], "this is no number of its country"],
    [["--real", "+18005551234"], "this belongs to no single country"],
    [["--real", "+33123456789"], "this is no mobile number"],
    [["--host", ""]],
    [["--origin", "localhost:3000"]],
    [["--origin", "http://localhost:3000/"]],
    [["--origin", "http://localhost:80"]],
    [["--origin", "*"]],
    [["--watch=yes"]],
    [["--events-to", "localhost:3000"]],
    [["--network", "snow"]],
    [["--attack", "pumping", "--unthrottled"], "neither with --real nor with --unthrottled"],
    [["--attack", "pumping", "--real", "+447911123456"], "neither with --real"],
    [["--network", "bad:"]],
    [["--network", "bad:-1"]],
    [["--network", "constructor"]],
  ])("%j is refused", (args, words = "") => {
    expect(() => parseFlags(args)).toThrow(CommandFault);
    expect(() => parseFlags(args)).toThrow(words);
  });
});

it("a real number of a country without a list price has a price for every open channel", () => {
  const stage = stageFor(parseFlags(["--real", "+5511961234567"]));
  expect(stage.countries).toContain("BR");
  expect(() => validateStage("dev", stage)).not.toThrow();
});

it("a network comes with a seed or without", () => {
  expect(parseFlags(["--network", "bad"]).network).toEqual({ name: "bad", seed: 1 });
  expect(parseFlags(["--network", "poor:7"]).network).toEqual({ name: "poor", seed: 7 });
});

describe("the line of a request", () => {
  const line = (path: string, resource?: string) =>
    requestLine({
      method: "POST",
      path,
      resource,
      status: 200,
      milliseconds: 12.4,
      address: "127.0.0.1",
      reason: "incorrect",
      number: undefined,
      to: "+44•••••••123",
      refusedOrigin: undefined,
    });

  it("shows of an id just enough to distinguish it", () => {
    const id = "v1-AbCdEfGhIjKlMnOpQrStUvWx";
    const text = line(`/v1/verifications/${id}/check`, "/v1/verifications/{id}/check");
    expect(text).toContain("/v1/verifications/v1-Ab…/check");
    expect(text).toContain("12 ms");
  });

  it.each(["+447700900123", "%2B447700900123", "123456", "447700900123"])(
    "shows nothing of %s in the place of an id, nor in an unknown path",
    (secret) => {
      const text = line(`/v1/verifications/${secret}`, "/v1/verifications/{id}");
      expect(text).toContain("/v1/verifications/… ");
      expect(line(`/other/${secret}`)).not.toMatch(/\d{4}/);
    },
  );
});

it("the line of a new build reports that it runs, or what is wrong with them", () => {
  expect(reloadLine(1.26)).toContain("1.3 s");
  expect(reloadLine(1, "first\nsecond")).toMatch(/the old build goes on .*\n +first\n +second$/);
});

const START = {
  url: "http://localhost:8400",
  engine: "dynalite",
  host: "127.0.0.1",
  persist: undefined,
  watch: false,
  throttled: true,
  network: { name: "good", seed: 1 },
  seconds: 1,
} as const;

it("the banner shows what is kept, who can come in, and which throttle holds, where it is not as usual", () => {
  expect(banner(START)).toContain("in memory and ends with this process");
  expect(banner(START)).not.toContain("reads every code");
  expect(banner(START)).not.toContain("network");
  const network = { name: "bad", seed: 7 } as const;
  const given = { host: "0.0.0.0", persist: "kept", throttled: false, network } as const;
  const unusual = banner({ ...START, ...given });
  expect(unusual).toContain("The network is bad; --network bad:7 repeats its faults.");
  expect(unusual).toContain("data is kept in kept");
  expect(unusual).toContain("Every machine that reaches this one can read every code here.");
  expect(unusual).toContain("There is no throttle and no limit of unverified sends");
  const attacked = banner({ ...START, ...parseFlags(["--attack", "window-edges"]) });
  expect(attacked).not.toContain("07700 900000");
  expect(attacked).toContain("Within minutes, against the limits of production: bursts of 600");
});

describe("the addresses of a system", () => {
  it("are of this machine alone on loopback", () => {
    const { url, origins, answersTo } = addressesOf("127.0.0.1", 8_400);
    expect(url).toBe("http://localhost:8400");
    expect(origins).toEqual(["http://localhost:8400", "http://127.0.0.1:8400"]);
    expect(["localhost", "127.0.0.1", "[::1]", "127.9.9.9"].map(answersTo)).not.toContain(false);
    expect(["192.0.2.1", "evil.example", "localhost.evil.example"].some(answersTo)).toBe(false);
  });

  it("are of one network, or of all, where asked to; no other name is among them", () => {
    const one = addressesOf("192.0.2.1", 8_400);
    expect(one.url).toBe("http://192.0.2.1:8400");
    expect(one.origins).toContain("http://192.0.2.1:8400");
    for (const { answersTo } of [one, addressesOf("0.0.0.0", 8_400)]) {
      expect(["localhost", "192.0.2.1"].map(answersTo)).toEqual([true, true]);
      expect(answersTo("evil.example")).toBe(false);
    }
    expect(addressesOf("::1", 8_400).url).toBe("http://localhost:8400");
  });
});

describe("the line of a fault", () => {
  it("names the function and the reason, without digits that could be a number or a code", () => {
    const fault = { message: "HTTP 401 for 447700900123" };
    const logged = { level: "error", event: "fault", what: "message-refused", fault };
    const line = faultLine({ functionName: "Start", line: JSON.stringify(logged) });
    expect(line).toContain("Start: message-refused, HTTP 401 for …");
  });

  it("is not there for a line without a fault", () => {
    expect(faultLine({ functionName: "Start", line: '{"level":"info"}' })).toBeUndefined();
    expect(faultLine({ functionName: "Start", line: "plain" })).toBeUndefined();
  });
});
