import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { FlagFault, parseFlags } from "../../local/flags.ts";
import { close, listen } from "../../local/listening.ts";
import { faultLine, requestLine } from "../../local/terminal.ts";

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
  it("tells where everything is, and ends at once with Ctrl-C", async () => {
    const child = run(["--port", "0"]);
    let out = "";
    for await (const chunk of child.stdout) {
      out += chunk;
      if (out.includes("Ctrl-C stops")) break;
    }
    const url = /API {7}(http:\/\/localhost:\d+)\/v1\/verifications/.exec(out)?.[1];
    expect(out).toContain(`${url}/handset`);
    expect(out).toContain("dynalite");
    expect(out).toContain("07700 900000 to 07700 900999");
    const stoppedAt = Date.now();
    child.kill("SIGINT");
    const [status] = await once(child, "exit");
    expect(status).toBe(0);
    expect(Date.now() - stoppedAt).toBeLessThan(2_000);
  });

  it("says which port is taken, and how to choose another", async () => {
    const server = createServer();
    const port = await listen(server);
    const { error, status } = await endOf(run(["--port", String(port)]));
    await close(server);
    expect(error).toBe(
      `Port ${port} is taken, perhaps by another Latchkey. --port chooses another one.\n`,
    );
    expect(status).toBe(1);
  });

  it("says what is wrong with a flag, and which there are", async () => {
    const { error, status } = await endOf(run(["--prot", "1"]));
    expect(error).toMatch(/^Unknown option '--prot'/);
    expect(error).toContain("--engine");
    expect(error).not.toContain("    at ");
    expect(status).toBe(2);
  });

  it("says that DynamoDB Local needs Java where there is none", async () => {
    const { error, status } = await endOf(
      run(["--engine", "dynamodb-local", "--port", "0"], { PATH: "" }),
    );
    expect(error).toContain("needs Java");
    expect(error).not.toContain("    at ");
    expect(status).toBe(1);
  });

  it("explains its flags", async () => {
    const { out, status } = await endOf(run(["--help"]));
    expect(out).toContain("--port");
    expect(status).toBe(0);
  });
});

describe("flags", () => {
  it("have values that work without any", () => {
    expect(parseFlags([])).toEqual({ port: 8_400, engine: "dynalite", quiet: false, help: false });
  });

  it.each([
    [["--port", "65536"]],
    [["--port", "-1"]],
    [["--port", "http"]],
    [["--engine", "sqlite"]],
    [["now"]],
    [["--port"]],
  ])("%j is refused", (args) => {
    expect(() => parseFlags(args)).toThrow(FlagFault);
  });
});

describe("the line of a request", () => {
  const line = (path: string, resource?: string) =>
    requestLine({ method: "POST", path, resource, status: 200, milliseconds: 12.4 });

  it("shows of an id just enough to tell it from another", () => {
    const id = "v1-AbCdEfGhIjKlMnOpQrStUvWx";
    const text = line(`/v1/verifications/${id}/check`, "/v1/verifications/{id}/check");
    expect(text).toContain("/v1/verifications/v1-Ab…/check");
    expect(text).toContain("12 ms");
  });

  it.each(["+447700900123", "%2B447700900123", "123456", "447700900123"])(
    "shows nothing of %s in the place of an id, nor in a path that nobody has",
    (secret) => {
      expect(line(`/v1/verifications/${secret}`, "/v1/verifications/{id}")).toContain(
        "/v1/verifications/… ",
      );
      expect(line(`/other/${secret}`)).not.toMatch(/\d{4}/);
    },
  );
});

describe("the line of a fault", () => {
  it("names the function and the reason, without digits that could be a number or a code", () => {
    const logged = {
      level: "error",
      event: "fault",
      what: "message-refused",
      fault: { message: "HTTP 401 for 447700900123" },
    };
    const line = faultLine({ functionName: "Start", line: JSON.stringify(logged) });
    expect(line).toContain("Start: message-refused, HTTP 401 for …");
  });

  it("is not there for a line that tells no fault", () => {
    expect(faultLine({ functionName: "Start", line: '{"level":"info"}' })).toBeUndefined();
    expect(faultLine({ functionName: "Start", line: "plain" })).toBeUndefined();
  });
});
