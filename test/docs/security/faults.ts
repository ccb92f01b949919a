import { ATTACKS } from "../../attacks/catalogue.ts";
import { NOT_APPLICABLE } from "../../attacks/not-applicable.ts";
import { KEPT } from "./personal-data.ts";
import type { Requirement } from "./requirement.ts";
import { ASVS, NIST } from "./tables.ts";
import { attackTests, hasTest, isThere } from "./titles.ts";

/** What a table says and what is not so, a sentence each. None where all of it holds. */
export function faultsOfTables(): readonly string[] {
  const requirements = [...ASVS, ...NIST];
  return [
    ...faultsOfIds(),
    ...twice("attack", ATTACKS),
    ...twice("requirement", requirements),
    ...ATTACKS.flatMap(({ id, at, also = [] }) => faultsOfRow({ id, at, tests: also })),
    ...requirements.flatMap(faultsOfRow),
    ...requirements.flatMap(faultsOfStatus),
    ...KEPT.flatMap(({ where, at }) => faultsOfRow({ id: where, at: [at], tests: [] })),
  ];
}

/** Each row is tried or says why it cannot be, and never both; no test and no reason is of another row. */
function faultsOfIds(): readonly string[] {
  const known = new Set(ATTACKS.map(({ id }) => id));
  const tried = new Set(attackTests().map(({ id }) => id));
  const excused = new Set(NOT_APPLICABLE.map(({ id }) => id));
  return [
    ...[...known].flatMap((id) => {
      if (tried.has(id) && excused.has(id))
        return [`${id} has a test, and a reason for having none`];
      return tried.has(id) || excused.has(id) ? [] : [`${id} has neither a test nor a reason`];
    }),
    ...[...tried, ...excused]
      .filter((id) => !known.has(id))
      .map((id) => `${id} is no attack of the catalogue`),
  ];
}

function twice(kind: string, rows: readonly { readonly id: string }[]): readonly string[] {
  const ids = rows.map(({ id }) => id);
  return ids
    .filter((id, index) => ids.indexOf(id) !== index)
    .map((id) => `the ${kind} ${id} is there twice`);
}

function faultsOfRow({
  id,
  at,
  tests,
}: Pick<Requirement, "id" | "at" | "tests">): readonly string[] {
  return [
    ...at.filter((path) => !isThere(path)).map((path) => `${id}: there is no ${path}`),
    ...tests
      .filter((proof) => !hasTest(proof))
      .map(({ file, title }) => `${id}: ${file} has no test "${title}"`),
  ];
}

/** What is called met is shown somewhere. */
function faultsOfStatus({ id, status, at, tests }: Requirement): readonly string[] {
  const isShown = at.length > 0 && tests.length > 0;
  return status === "met" && !isShown ? [`${id} is called met, and no test is named`] : [];
}
