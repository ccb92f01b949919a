import { join } from "node:path";
import { rowsOf } from "../../support/rows.ts";

/** A test: its file, and its title as it stands there. */
export type Proof = { readonly file: string; readonly title: string };

/** One row of the catalogue of attacks: what an attacker tries, what stops it, the files that hold the defence, and tests outside of test/attacks. */
export type Attack = {
  readonly id: string;
  readonly attack: string;
  readonly defence: string;
  readonly at: readonly string[];
  readonly also: readonly Proof[];
};

/**
 * `met`: what is asked is done here, and a test shows it. `partly`: some of it, and `how` says which. `integrator`: it is for whoever builds on
 * Latchkey. `not met`: not done. `does not apply`: there is nothing here that it asks about.
 */
export const STATUSES = ["met", "partly", "not met", "integrator", "does not apply"] as const;
type Status = (typeof STATUSES)[number];

/** One requirement of a standard, in words of ours, and how it is met, or why not. */
export type Requirement = {
  readonly id: string;
  /** Of OWASP ASVS: 1 for everybody, 3 for the highest assurance; empty for other standards. */
  readonly level: string;
  readonly asks: string;
  readonly status: Status;
  readonly how: string;
  readonly at: readonly string[];
  readonly tests: readonly Proof[];
};

/** What is tried against services like this one, in the order of SECURITY.md. */
export const ATTACKS: readonly Attack[] = rowsOf(
  join(import.meta.dirname, "../../attacks/catalogue.tsv"),
  ["id", "attack", "defence", "at", "also"],
).map((row) => ({ ...row, at: pathsOf(row.at), also: proofsOf(row.also) }));

/** OWASP ASVS 5.0, in the order of its numbers. */
export const ASVS = requirementsOf("asvs.tsv");

/** NIST SP 800-63B-4: what it asks of a verifier that sends codes over the telephone network. Sections as in its second public draft. */
export const NIST = requirementsOf("nist.tsv");

function requirementsOf(name: string): readonly Requirement[] {
  const columns = ["id", "level", "asks", "status", "how", "at", "tests"] as const;
  return rowsOf(join(import.meta.dirname, name), columns).map((row) => {
    const status = STATUSES.find((known) => known === row.status);
    if (status === undefined) throw new Error(`${name} has an unknown status: ${row.status}`);
    return { ...row, status, at: pathsOf(row.at), tests: proofsOf(row.tests) };
  });
}

function pathsOf(cell: string): readonly string[] {
  return cell.split(" ").filter((path) => path !== "");
}

/** `file: title`, and between two of them ` || `. */
function proofsOf(cell: string): readonly Proof[] {
  return cell === ""
    ? []
    : cell.split(" || ").map((proof) => {
        const at = proof.indexOf(": ");
        return { file: proof.slice(0, at), title: proof.slice(at + 2) };
      });
}
