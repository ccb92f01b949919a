import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PROBLEMS } from "../../functions/http/problem.ts";
import { START_REQUEST } from "../../functions/http/requests.ts";
import { LIMITS } from "../../functions/policy/limits.ts";
import { REFUSAL_REASONS } from "../../functions/policy/special-numbers.ts";
import type { System } from "../../local/system.ts";
import { startPatientSystem } from "../support/patient-system.ts";

const ROOT = join(import.meta.dirname, "../..");
const README = readFileSync(join(ROOT, "README.md"), "utf8");
/** Where `npm start` listens; the test's own system listens elsewhere. */
const ADDRESS = "http://localhost:8400";

const run = promisify(execFile);

function block(language: string, index = 0): string {
  const blocks = [...README.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\n\`\`\``, "g"))];
  const code = blocks[index]?.[1];
  if (code === undefined) throw new Error(`the README has no ${language} block ${index}`);
  return code;
}

describe("the README", () => {
  it.each(Object.entries(PROBLEMS))(
    "has an anchor and a row for the problem %s",
    (code, { status, title }) => {
      expect(README).toContain(`| <a id="${code}"></a>\`${code}\` | ${status} | ${title} |`);
    },
  );

  it("has no row for a problem that is none", () => {
    const anchors = [...README.matchAll(/<a id="([\w-]+)">/g)].map(([, code]) => code);
    expect(anchors).toEqual(Object.keys(PROBLEMS));
  });

  it("lists every reason why a number is not allowed", () => {
    const list = /<!-- reasons -->(.*)<!-- \/reasons -->/.exec(README)?.[1];
    expect(list).toBe(REFUSAL_REASONS.map((reason) => `\`${reason}\``).join(", "));
  });

  it.each([
    `| digits of a code | ${LIMITS.codeDigits} |`,
    `| life of a code | ${LIMITS.codeLifetimeSeconds} seconds |`,
    `| checks of a verification | ${LIMITS.checksPerVerification} |`,
    ...LIMITS.sendsPerNumber.map(
      ({ max, windowSeconds }) => `| messages to a number | ${max} in ${windowSeconds} seconds |`,
    ),
    ...LIMITS.sendsPerNumberWithTicket
      .filter(({ max }) => max > 3)
      .map(
        ({ max, windowSeconds }) =>
          `| messages to a number, with a returning ticket | ${max} in ${windowSeconds} seconds |`,
      ),
    `| turns with a ticket | ${LIMITS.ticketTurnsPerApproval} until an approval |`,
    `good for ${LIMITS.ticketLifetimeSeconds / 86_400} days and for that number alone`,
    `| consecutive failures of a number | ${LIMITS.consecutiveFailures} |`,
    `opens after ${LIMITS.failureMemorySeconds} seconds`,
    ...Object.entries({
      ipv4: "IPv4 address",
      "ipv6-64": "IPv6 /64",
      "ipv6-48": "IPv6 /48",
      "client-unknown": "no address",
      range: "ten thousand neighbours",
      country: "a country but the first",
      "home-country": "the first country",
      service: "everybody",
    } as const).map(([kind, words]) => {
      const { max, windowSeconds } = Object(LIMITS.unverifiedSends)[kind];
      return `| unverified sends, ${words} | ${max} in ${windowSeconds} seconds |`;
    }),
    `each approval takes ${LIMITS.decrementPerApproval} sends away`,
    `of these three each approval takes ${LIMITS.decrementPerSharedApproval} away`,
    `| life of a proof | ${LIMITS.proofLifetimeSeconds} seconds |`,
    `| age of the kill switch | ${LIMITS.switchCacheSeconds} seconds |`,
    `| body of a request | ${LIMITS.bodyBytes} bytes |`,
  ])("states the limit as it is: %s", (row) => {
    expect(README).toContain(row);
  });
});

it("lists every field that a start takes", () => {
  const fields = Object.keys(START_REQUEST.entries);
  const row = /starts: `\{to, ([^}]*)\}`/.exec(README)?.[1] ?? "";
  expect(new Set(["to", ...row.split(", ").map((field) => field.replace("?", ""))])).toEqual(
    new Set(fields),
  );
});

describe("the README's lines", () => {
  let system: System;
  beforeAll(async () => {
    system = await startPatientSystem();
  });
  afterAll(() => system.stop());

  it("by curl start, check, resend, prove and publish as it says", async () => {
    const { stdout } = await run("bash", ["-e", "-c", block("sh").replaceAll(ADDRESS, system.url)]);
    expect(stdout).toMatch(
      /^\{"id":"v1-[\w-]{24}","status":"pending","channel":"sms","to":"\+44•+123"/,
    );
    expect(stdout).toContain('"result":"incorrect","status":"pending","checksRemaining":4');
    expect(stdout).toContain('"code":"too-many-sends"');
    expect(stdout).toContain('"retryAfterSeconds":');
    expect(stdout).toMatch(
      /"result":"approved","status":"approved","checksRemaining":3,"proof":"[\w-]+\.[\w-]+\.[\w-]+"/,
    );
    expect(stdout).toMatch(/\{"keys":\[\{[^\]]*"kid"/);
    expect(stdout).toContain('"code":"verification-ended"');
  });

  it("from a back end start, signed", async () => {
    const script = block("sh", 1).replaceAll(ADDRESS, system.url);
    const { stdout } = await run("bash", ["-e", "-c", script]);
    expect(JSON.parse(stdout)).toMatchObject({
      status: "pending",
      to: expect.stringMatching(/125$/),
    });
    const unsigned = script.replace(/--aws-sigv4 \S+ --user \S+/, "");
    expect((await run("bash", ["-e", "-c", unsigned])).stdout).toContain("route-not-found");
  });

  it("for a back end prove the number, and refuse a proof of something else", async () => {
    const { stdout } = await run("bash", [
      "-e",
      "-c",
      `${block("sh").replaceAll(ADDRESS, system.url).replaceAll("900123", "900124")}`,
    ]);
    const proof = /"proof":"([^"]+)"/.exec(stdout)?.[1];
    const script = `${block("js").replaceAll(ADDRESS, system.url)}
      const proof = ${JSON.stringify(proof)};
      console.log(await provenNumber(proof, { purpose: "login", nonce: "n-1" }));
      for (const expected of [{ purpose: "signup", nonce: "n-1" }, { purpose: "login", nonce: "n-2" }]) {
        await provenNumber(proof, expected).catch((fault) => console.log(fault.message));
      }`;
    const answer = await run(process.execPath, ["--input-type=module", "-e", script], {
      cwd: ROOT,
    });
    expect(answer.stdout.trim().split("\n")).toEqual([
      "+447700900124",
      "a proof of something else",
      "a proof of something else",
    ]);
  });
});
