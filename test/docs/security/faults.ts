import { KEPT } from "./personal-data.ts";
import { ASVS, ATTACKS, NIST, type Requirement } from "./requirements.ts";
import { attackTests, hasTest, isThere } from "./titles.ts";

/** What a table says and what is not so, a sentence each. None where all of it holds. */
export function faultsOfTables(): readonly string[] {
  const requirements = [...ASVS, ...NIST];
  return [
    ...faultsOfIds(),
    ...twice("attack", ATTACKS),
    ...twice("requirement", requirements),
    ...ATTACKS.flatMap(({ id, at, also }) => faultsOfRow({ id, at, tests: also })),
    ...requirements.flatMap(faultsOfRow),
    ...requirements.flatMap(faultsOfStatus),
    ...KEPT.flatMap(({ where, at }) => faultsOfRow({ id: where, at: [at], tests: [] })),
  ];
}

/** Each attack is tried, and each test of test/attacks tries one of them. */
function faultsOfIds(): readonly string[] {
  const known = new Set(ATTACKS.map(({ id }) => id));
  const tried = new Set(attackTests().map(({ id }) => id));
  return [
    ...[...known].filter((id) => !tried.has(id)).map((id) => `${id} has no test`),
    ...[...tried].filter((id) => !known.has(id)).map((id) => `${id} is no attack of the catalogue`),
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
