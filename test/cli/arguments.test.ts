import { describe, expect, it } from "vitest";
import { parseChecklistArguments } from "../../cli/checklist-arguments.ts";
import { wrapped } from "../../cli/terminal.ts";
import { STAGES } from "../../infra/stages.ts";

describe("the checklist's command line", () => {
  it("asks about every stage, or about one", () => {
    expect(parseChecklistArguments([])).toMatchObject({ stages: Object.keys(STAGES), json: false });
    expect(parseChecklistArguments(["prod", "--json"])).toMatchObject({
      stages: ["prod"],
      json: true,
    });
    expect(parseChecklistArguments(["--cost"])).toMatchObject({ cost: true });
    expect(parseChecklistArguments(["prod", "--live", "--stack", "acme"]).stack).toBe("acme");
  });

  it.each([
    [["production"], "The stages:"],
    [["dev", "prod"], "One of them, or none for all"],
    [["prod", "--stack", "acme"], "--stack goes with --live"],
    [["--lively"], "Unknown option '--lively'"],
    [["--live"], "--live goes with one stage"],
    [["prod", "--cost"], "--cost goes alone"],
    [["--json", "--json"], "--json is there twice"],
    [["prod", "--live", "--stack", ""], "--stack is empty"],
  ])("does not understand %j", (args, words) => {
    expect(() => parseChecklistArguments(args)).toThrow(words);
  });
});

describe("a long text", () => {
  it("is broken at spaces and keeps its words", () => {
    expect(wrapped("one two three four", 9, "  ")).toBe("one two\n  three\n  four");
    expect(wrapped("short", 9, "  ")).toBe("short");
    expect(wrapped("unbreakable word", 5, "")).toBe("unbreakable\nword");
  });
});
