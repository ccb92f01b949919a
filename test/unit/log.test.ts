import { afterEach, describe, expect, it, vi } from "vitest";
import { logFault } from "../../functions/runtime/log.ts";

const lines: string[] = [];
vi.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(String(line)) > 0);

afterEach(() => {
  lines.length = 0;
});

describe("a line of the log", () => {
  it.each(["a\nb", "a\r\nb", 'a"}\n{"event":"answered"', "a\u001b[31mb", "a\u0000b", "=cmd()"])(
    "stays one line and one JSON object, whatever a fault contains: %j",
    (message) => {
      logFault("request-failed", new Error(message));
      expect(lines).toHaveLength(1);
      const controls = [...(lines[0] ?? "")].filter((letter) => letter < " ");
      expect(controls).toEqual(["\n"]);
      expect(JSON.parse(lines[0] ?? "")).toMatchObject({ event: "fault", fault: { message } });
    },
  );

  it("holds of a fault its name, message and stack, and none of what an SDK hangs on it", () => {
    logFault("request-failed", Object.assign(new Error("no"), { request: { body: "482913" } }));
    const { fault } = JSON.parse(lines[0] ?? "");
    expect(Object.keys(fault)).toEqual(["name", "message", "stack"]);
    expect(lines[0]).not.toContain("482913");
  });
});
