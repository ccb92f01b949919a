import type { JournalEntry } from "../verification/journal.ts";
import type { Scope } from "../verification/scopes.ts";

type SendEntry = Extract<JournalEntry, { event: "send" }>;
type CheckEntry = Extract<JournalEntry, { event: "check" }>;

/** Pseudonyms by the kind of scope. */
type Scopes = Readonly<Record<string, string>>;

/**
 * An entry as its line. `client` is the narrowest scope of the client, by which Contributor Insights groups; `limitedScope` and `watchedScope`
 * are the first of each, by which metrics group.
 */
export type JournalLine =
  | (Omit<SendEntry, "scopes"> & {
      readonly scopes: Scopes;
      readonly client: string;
      readonly limitedScope?: string;
      readonly watchedScope?: string;
    })
  | Exclude<JournalEntry, SendEntry | CheckEntry>
  | (Omit<CheckEntry, "client"> & { readonly client: string });

export function journalLine(entry: JournalEntry): JournalLine {
  if (entry.event === "check") {
    const { client, ...rest } = entry;
    return { ...rest, client: nameOf(client) };
  }
  if (entry.event !== "send") return entry;
  const { scopes, ...rest } = entry;
  const [client] = scopes;
  const [limitedScope] = rest.limited;
  const [watchedScope] = rest.watched;
  return {
    ...rest,
    scopes: byKind(scopes),
    client: client === undefined ? "" : nameOf(client),
    ...(limitedScope === undefined ? {} : { limitedScope }),
    ...(watchedScope === undefined ? {} : { watchedScope }),
  };
}

function nameOf({ kind, pseudonym }: Scope): string {
  return `${kind}:${pseudonym}`;
}

function byKind(scopes: readonly Scope[]): Scopes {
  return Object.fromEntries(scopes.map(({ kind, pseudonym }) => [kind, pseudonym]));
}
