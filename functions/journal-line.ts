import type { JournalEntry } from "./verification/journal.ts";
import type { Scope } from "./verification/scopes.ts";

type SendEntry = Extract<JournalEntry, { event: "send" }>;
type CheckEntry = Extract<JournalEntry, { event: "check" }>;

/** Pseudonyms by the kind of scope. */
type Scopes = Readonly<Record<string, string>>;

/** An entry as its line: `restedScope` and `watchedScope` are the first of each, which metrics tell them by. */
export type JournalLine =
  | (Omit<SendEntry, "scopes"> & {
      readonly scopes: Scopes;
      readonly restedScope?: string;
      readonly watchedScope?: string;
    })
  | (Omit<CheckEntry, "client"> & { readonly scopes: Scopes });

export function journalLine(entry: JournalEntry): JournalLine {
  if (entry.event === "check") {
    const { client, ...rest } = entry;
    return { ...rest, scopes: byKind([client]) };
  }
  const { scopes, ...rest } = entry;
  const [restedScope] = rest.rested;
  const [watchedScope] = rest.watched;
  return {
    ...rest,
    scopes: byKind(scopes),
    ...(restedScope === undefined ? {} : { restedScope }),
    ...(watchedScope === undefined ? {} : { watchedScope }),
  };
}

function byKind(scopes: readonly Scope[]): Scopes {
  return Object.fromEntries(scopes.map(({ kind, pseudonym }) => [kind, pseudonym]));
}
