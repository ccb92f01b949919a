import { markdownTable } from "../../../evidence/tools/page.ts";
import { placeholdersOf } from "../../../infra/stage-rules.ts";
import { STAGES, type Stage } from "../../../infra/stages.ts";
import { KEPT } from "./personal-data.ts";
import {
  ASVS,
  ATTACKS,
  type Attack,
  NIST,
  type Proof,
  type Requirement,
  STATUSES,
} from "./requirements.ts";
import { type AttackTest, attackTests } from "./titles.ts";

/** The generated parts of the security documents, by page and marker. */
export const SECURITY_PARTS = {
  "SECURITY.md": { contact: contactBlock, "security.txt": securityTxtBlock },
  "docs/compliance/attacks.md": { attacks: attacksBlock },
  "docs/compliance/asvs.md": { asvs: () => requirementsBlock(ASVS) },
  "docs/compliance/nist.md": { nist: () => requirementsBlock(NIST) },
  "docs/compliance/personal-data.md": { "personal-data": personalDataBlock },
} as const satisfies Readonly<Record<string, Readonly<Record<string, () => string>>>>;

function contacts(): readonly string[] {
  const stages: readonly Stage[] = Object.values(STAGES);
  return [
    ...new Set(
      stages.flatMap(({ production, securityContact: to }) => (production && to ? [to] : [])),
    ),
  ];
}

function contactBlock(): string {
  const links = contacts().map((to) => (to.includes("://") ? to : `[${to}](mailto:${to})`));
  const isExample = Object.values(STAGES).some((stage) =>
    placeholdersOf(stage).includes("securityContact"),
  );
  const words = isExample
    ? "This is an example. Set `securityContact` in [latchkey.config.ts](latchkey.config.ts); production is refused until then."
    : "Set as `securityContact` in [latchkey.config.ts](latchkey.config.ts).";
  return `**${links.join("**, **")}**\n\n${words}`;
}

/** RFC 9116 §2.5: a contact is an address with its scheme, and the file says when it must have been looked at again. */
function securityTxtBlock(): string {
  return [
    "```text",
    ...contacts().map((to) => `Contact: ${to.includes("://") ? to : `mailto:${to}`}`),
    "Expires: <a day within the next year, such as 2027-06-30T00:00:00Z>",
    "Policy: <where your company publishes this page>",
    "Preferred-Languages: en",
    "```",
  ].join("\n");
}

/** The two last parts of a path say where it is; the address behind them says the rest. */
function fileLink(path: string): string {
  return `[${path.split("/").slice(-2).join("/")}](${path})`;
}

/** A cell ends at a bar; names such as __proto__ are no emphasis, and $ is no formula. */
function inCell(text: string): string {
  return text
    .replace(/[|_*$]/g, "\\$&")
    .replaceAll("<", "&lt;")
    .replaceAll("\n", " ");
}

function attacksBlock(): string {
  const tests = attackTests();
  const rows = ATTACKS.map((attack) => [
    attack.id,
    inCell(attack.attack),
    inCell(attack.defence),
    attack.at.map(fileLink).join(", "),
    proofOf(attack, tests),
  ]);
  const names = ["#", "attack", "defence", "where", "test"];
  const columns = names.map((name) => ({ name }));
  return `${attackCounts(tests)}\n\n${markdownTable(columns, rows)}`;
}

function attackCounts(tests: readonly AttackTest[]): string {
  const tried = new Set(tests.map(({ id }) => id));
  const proven = ATTACKS.filter(({ id }) => tried.has(id)).length;
  return `${ATTACKS.length} attacks: ${proven} are tried in [test/attacks](test/attacks), none is left out.`;
}

function proofOf({ id, also }: Attack, tests: readonly AttackTest[]): string {
  const own = tests.filter((test) => test.id === id);
  return [...own.map(testLink), ...also.map((proof) => `also ${testLink(proof)}`)].join("<br>");
}

function testLink({ file, title }: Proof): string {
  return `${fileLink(file)}: ${inCell(title)}`;
}

const IN_NUMBERS = {
  met: "met",
  partly: "partly",
  "not met": "not met",
  integrator: "for the integrator",
  "does not apply": "do not apply",
} as const satisfies Readonly<Record<Requirement["status"], string>>;

function requirementsBlock(requirements: readonly Requirement[]): string {
  const rows = requirements.map(({ id, level, asks, status, how, at, tests }) => [
    level === "" ? id : `${id} (${level})`,
    inCell(asks),
    `**${status}**. ${inCell(how)}`,
    at.map(fileLink).join(", "),
    tests.map(testLink).join("<br>"),
  ]);
  const counts = STATUSES.map((status) => {
    const count = requirements.filter((row) => row.status === status).length;
    return `${count} ${IN_NUMBERS[status]}`;
  });
  const columns = ["id", "asks", "here", "where", "test"].map((name) => ({ name }));
  return `${requirements.length} requirements: ${counts.join(", ")}.\n\n${markdownTable(columns, rows)}`;
}

function personalDataBlock(): string {
  const rows = KEPT.map(({ where, what, howLong, erasure, at }) => [
    `${where} (${fileLink(at)})`,
    what,
    howLong,
    erasure,
  ]);
  const columns = ["where", "what", "how long", "erasure"].map((name) => ({ name }));
  return markdownTable(columns, rows);
}
