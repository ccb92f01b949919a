import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { UK_COUNTRIES } from "../../../functions/policy/destinations.ts";
import { UK_MOBILE_BLOCKS } from "../../../functions/policy/uk-mobile-blocks.generated.ts";
import { judgePhone } from "../../../functions/verification/phone-policy.ts";
import { areUkBlocksOld } from "../../../functions/verification/uk-mobile-blocks.ts";
import { compileBlocks } from "../../../infra/refresh-uk-mobile-blocks.ts";
import { rowsOf } from "../../support/rows.ts";

/**
 * Rows of Ofcom's table S7 of 13 September 2025, by status and holder: of each hundred thousand blocks the first of every status and territory, and
 * every block of the islands. Contains public sector information licensed under the Open Government Licence v3.0.
 */
const ROWS = rowsOf(join(import.meta.dirname, "../../support/numbering-plans-ofcom.tsv"), [
  "status",
  "blocks",
  "holder",
]).flatMap(({ blocks, ...row }) => blocks.split(" ").map((block) => ({ block, ...row })));

const WIFI_BLOCKS = ["079112", "079118"];

/** What the rules of the plan make of a row. */
function expectedOf({ block, status, holder }: (typeof ROWS)[number]): string {
  if (block.startsWith("070")) return "personal-number";
  if (block.startsWith("076") && !block.startsWith("07624")) return "pager";
  if (WIFI_BLOCKS.includes(block)) return "voip";
  if (status !== "Allocated") return "unallocated";
  if (holder.includes("Jersey")) return "JE";
  if (holder.includes("Guernsey")) return "GG";
  return /MANX|Isle of Man|BlueWave/.test(holder) ? "IM" : "GB";
}

function decisionOn(to: string): string {
  const verdict = judgePhone(to, { fictionalNumbers: false, countries: UK_COUNTRIES });
  if (verdict.kind === "accepted") return verdict.country;
  return verdict.why === "phone-not-allowed" ? verdict.reason : verdict.why;
}

describe("a number in a block of Ofcom's table", () => {
  it.each(ROWS)("$block ($status, $holder) is judged by status and holder", (row) => {
    const national = row.block.slice(1);
    const expected = expectedOf(row);
    expect(decisionOn(`+44${national.padEnd(10, "0")}`)).toBe(expected);
    expect(decisionOn(`+44${national.padEnd(10, "9")}`)).toBe(expected);
  });

  it("is sampled from every status and every territory", () => {
    expect(new Set(ROWS.map(({ status }) => status)).size).toBe(6);
    expect(new Set(ROWS.map(expectedOf))).toEqual(
      new Set(["GB", "GG", "IM", "JE", "unallocated", "personal-number", "pager", "voip"]),
    );
  });
});

describe("the table of UK blocks", () => {
  const asOf = Date.parse(UK_MOBILE_BLOCKS.asOf);
  const day = 86_400_000;

  it("is old after ninety days", () => {
    expect(areUkBlocksOld(asOf)).toBe(false);
    expect(areUkBlocksOld(asOf + 90 * day)).toBe(false);
    expect(areUkBlocksOld(asOf + 90 * day + 1)).toBe(true);
  });

  it("has a date that is a date", () => {
    expect(new Date(asOf).toISOString().slice(0, 10)).toBe(UK_MOBILE_BLOCKS.asOf);
  });
});

describe("compiling Ofcom's table", () => {
  const HEADER =
    "NMS Number Block: Number Block,Block Status,CP Name,Non Geo Number Length,Allocation Date";
  const compile = (...rows: readonly string[]) =>
    compileBlocks([HEADER, ...rows].join("\r\n"), "2026-11-20");

  it("merges neighbours of one country and leaves out free blocks and those of no mobile", () => {
    const source = compile(
      "7000 0,Allocated,Vodafone Limited,10 digit numbers,06/11/1995",
      "7624 50,Allocated,BlueWave Communications Limited,10 digit numbers,28/09/2018",
      "7640 3,Allocated,Pageone Communications Limited,10 digit numbers,20/03/1998",
      "7401,Allocated,Vodafone Limited,10 digit numbers,01/01/2001",
      "7400 0,Allocated,EE Limited ( TM),10 digit numbers,01/01/2001",
      "7400 1,Allocated,Vodafone Limited,10 digit numbers,01/01/2001",
      "7400 2,Protected,,10 digit numbers,",
      "7402 0,Allocated,JT (Jersey) Limited,10 digit numbers,01/01/2001",
      "7402 1,Allocated,Sure (Guernsey) Limited,10 digit numbers,01/01/2001",
    );
    expect(source).toContain('asOf: "2026-11-20"');
    expect(source).toContain('GB: "74000-74001 7401"');
    expect(source).toContain('JE: "74020"');
    expect(source).toContain('GG: "74021"');
    expect(source).toContain('IM: "762450"');
    expect(source).toContain("Open Government Licence v3.0");
  });

  it("returns the same for Ofcom's CSV and of a TSV with the trunk zero", () => {
    const rows = ROWS.map(
      ({ block, status, holder }) => `${block.slice(1)},${status},${holder},10 digit numbers,`,
    );
    const cells = ROWS.map(({ block, status, holder }) => `${block}\t${status}\t${holder}\t`);
    const table = ["block\tstatus\tholder\tallocated", ...cells].join("\n");
    expect(compile(...rows)).toBe(compileBlocks(table, "2026-11-20"));
  });

  it.each([
    ["74000,Given,EE Limited", "odd row"],
    ["74000,Allocated,,10 digit numbers", "odd row"],
    ["84000,Allocated,EE Limited", "odd row"],
    ['74000,Allocated,"EE, Limited"', "a quoted field"],
  ])("refuses a table that is not what it was: %s", (row, fault) => {
    expect(() => compile(row)).toThrow(fault);
  });

  it("refuses two blocks that hold one number, another table, a country without blocks, and no date", () => {
    expect(() => compile("7400,Allocated,EE Limited", "74001,Allocated,EE Limited")).toThrow(
      "two blocks hold 07400100000",
    );
    expect(() => compileBlocks("Code,Status\n7400,Allocated", "2026-11-20")).toThrow(
      "not table S7",
    );
    expect(() => compile("7400,Allocated,EE Limited")).toThrow("no block of GG");
    expect(() => compileBlocks(HEADER, "20/11/2026")).toThrow("not a date");
  });
});
