/** The value of a word in a table. A word that every object has, such as `constructor`, is in none. */
export function entryOf<Value>(
  table: Readonly<Record<string, Value>>,
  word: string,
): Value | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
