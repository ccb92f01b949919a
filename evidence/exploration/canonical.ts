/** A text that two values share exactly when they are the same data: the order of keys and of the members of a set has no meaning. */
export function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, part: unknown) => {
      if (part instanceof Set) return { set: [...part].toSorted() };
      if (part instanceof Map)
        return { map: [...part].toSorted(([one], [other]) => (one < other ? -1 : 1)) };
      if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
      return Object.fromEntries(
        Object.entries(part).toSorted(([one], [other]) => (one < other ? -1 : 1)),
      );
    }) ?? "undefined"
  );
}

/** Gives each value a number, and the same to the same data. */
export class Numbered<Value> {
  readonly #numbers = new Map<string, number>();
  readonly #values: Value[] = [];

  numberOf(value: Value, text = canonical(value)): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#values.length;
    this.#numbers.set(text, number);
    this.#values.push(value);
    return number;
  }

  valueOf(number: number): Value {
    const value = this.#values[number];
    if (value === undefined) throw new Error(`nothing has the number ${number}`);
    return value;
  }
}
