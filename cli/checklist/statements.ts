import { at, listOf, type Resource } from "../template.ts";

/** The statements of the policies inside a role. */
export function statementsOf({ Properties }: Resource): readonly unknown[] {
  return listOf(Properties["Policies"]).flatMap((policy) =>
    listOf(at(policy, "PolicyDocument", "Statement")),
  );
}

/** The actions of one statement. */
export function actsOf(statement: unknown): readonly string[] {
  return listOf(at(statement, "Action")).map(String);
}

/** All that a role may do. */
export function actionsOf(role: Resource): readonly string[] {
  return statementsOf(role).flatMap(actsOf);
}
