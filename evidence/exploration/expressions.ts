import type { Item } from "../../functions/adapters/dynamodb/table.ts";

/**
 * DynamoDB's condition and update expressions over plain items, as much of them as the stores use; what they do not use is a fault. The contract
 * facts hold it to the same as the real engines. It runs no server: an exploration asks the same write thousands of times.
 */

type Names = Readonly<Record<string, string>>;

/** What an expression is read against: the item as it was, and the values and names that come with the write. */
type Given = { readonly item: Item; readonly values: Item; readonly names: Names };

type Operand = (given: Given) => unknown;
type Condition = (given: Given) => boolean;

/** What DynamoDB says of an expression that the item cannot answer. */
class ValidationException extends Error {
  override readonly name = "ValidationException";
}

const TOKEN = /\s*(<>|<=|>=|[=<>(),-]|[:#]?[A-Za-z0-9_]+)/y;

function tokensOf(expression: string): readonly string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const end = expression.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const token = TOKEN.exec(expression)?.[1];
    if (token === undefined) throw new ValidationException(`not understood: ${expression}`);
    tokens.push(token);
  }
  return tokens;
}

/** The tokens of one expression, read from left to right. */
function readerOf(expression: string) {
  const tokens = tokensOf(expression);
  let place = 0;
  const next = () => tokens[place];
  return {
    next,
    take(): string {
      const token = tokens[place];
      if (token === undefined) throw new ValidationException(`ends too early: ${expression}`);
      place += 1;
      return token;
    },
    /** Takes the token if it is the next. */
    takes(token: string): boolean {
      if (next()?.toUpperCase() !== token) return false;
      place += 1;
      return true;
    },
    expect(token: string): void {
      if (!this.takes(token)) throw new ValidationException(`no ${token}: ${expression}`);
    },
  };
}

type Reader = ReturnType<typeof readerOf>;

function operandOf(token: string): Operand {
  if (token.startsWith(":")) {
    return ({ values }) => {
      if (!(token in values)) throw new ValidationException(`${token} has no value`);
      return values[token];
    };
  }
  return ({ item, names }) => item[attributeOf(token, names)];
}

function attributeOf(token: string, names: Names): string {
  return token.startsWith("#") ? (names[token] ?? "") : token;
}

/** A missing value and a value of another type compare with nothing. */
const COMPARISONS: Readonly<Record<string, (left: unknown, right: unknown) => boolean>> = {
  "=": (left, right) => left !== undefined && left === right,
  "<>": (left, right) => left !== right,
  "<": (left, right) => areNumbers(left, right) && Number(left) < Number(right),
  "<=": (left, right) => areNumbers(left, right) && Number(left) <= Number(right),
  ">": (left, right) => areNumbers(left, right) && Number(left) > Number(right),
  ">=": (left, right) => areNumbers(left, right) && Number(left) >= Number(right),
};

function areNumbers(left: unknown, right: unknown): boolean {
  return typeof left === "number" && typeof right === "number";
}

const FUNCTIONS: Readonly<Record<string, (operands: readonly unknown[]) => boolean>> = {
  attribute_exists: ([value]) => value !== undefined,
  attribute_not_exists: ([value]) => value === undefined,
  contains: ([set, value]) => set instanceof Set && set.has(value),
};

function operandsIn(reader: Reader): readonly Operand[] {
  reader.expect("(");
  const operands = [operandOf(reader.take())];
  while (reader.takes(",")) operands.push(operandOf(reader.take()));
  reader.expect(")");
  return operands;
}

function anyOf(reader: Reader): Condition {
  const conditions = [allOf(reader)];
  while (reader.takes("OR")) conditions.push(allOf(reader));
  return (given) => conditions.some((holds) => holds(given));
}

function allOf(reader: Reader): Condition {
  const conditions = [single(reader)];
  while (reader.takes("AND")) conditions.push(single(reader));
  return (given) => conditions.every((holds) => holds(given));
}

function single(reader: Reader): Condition {
  if (reader.takes("NOT")) {
    const holds = single(reader);
    return (given) => !holds(given);
  }
  if (reader.takes("(")) {
    const holds = anyOf(reader);
    reader.expect(")");
    return holds;
  }
  const token = reader.take();
  const call = FUNCTIONS[token];
  if (call !== undefined) {
    const operands = operandsIn(reader);
    return (given) => call(operands.map((operand) => operand(given)));
  }
  const compare = COMPARISONS[reader.take()];
  if (compare === undefined) throw new ValidationException(`nothing is compared with ${token}`);
  const [left, right] = [operandOf(token), operandOf(reader.take())];
  return (given) => compare(left(given), right(given));
}

/** One change of one attribute; `undefined` takes it away. */
type Change = (given: Given) => readonly [name: string, value: unknown];

function settingOf(reader: Reader): Change {
  const name = reader.take();
  reader.expect("=");
  const token = reader.take();
  const operands = token === "if_not_exists" ? operandsIn(reader) : [operandOf(token)];
  const less = reader.takes("-") ? operandOf(reader.take()) : undefined;
  return (given) => {
    const value = operands.map((operand) => operand(given)).find((each) => each !== undefined);
    if (value === undefined) throw new ValidationException(`${token} is not in the item`);
    const set = less === undefined ? value : differenceOf(value, less(given));
    return [attributeOf(name, given.names), set];
  };
}

function differenceOf(value: unknown, less: unknown): number {
  if (typeof value === "number" && typeof less === "number") return value - less;
  throw new ValidationException("an operand of - is no number");
}

function additionOf(reader: Reader): Change {
  const name = reader.take();
  const operand = operandOf(reader.take());
  return (given) => {
    const attribute = attributeOf(name, given.names);
    return [attribute, sumOf(given.item[attribute], operand(given))];
  };
}

function sumOf(before: unknown, more: unknown): unknown {
  if (more instanceof Set && (before === undefined || before instanceof Set))
    return new Set([...(before ?? []), ...more]);
  if (typeof more === "number" && (before === undefined || typeof before === "number"))
    return (before ?? 0) + more;
  throw new ValidationException("an operand of ADD is of another type");
}

function removalOf(reader: Reader): Change {
  const name = reader.take();
  return ({ names }) => [attributeOf(name, names), undefined];
}

const CLAUSES = { SET: settingOf, ADD: additionOf, REMOVE: removalOf } as const;

function changesOf(expression: string): readonly Change[] {
  const reader = readerOf(expression);
  const changes: Change[] = [];
  while (reader.next() !== undefined) {
    const clause = reader.take();
    if (clause !== "SET" && clause !== "ADD" && clause !== "REMOVE")
      throw new ValidationException(`no clause of an update: ${clause}`);
    do changes.push(CLAUSES[clause](reader));
    while (reader.takes(","));
  }
  return changes;
}

function remembered<Parsed>(parse: (expression: string) => Parsed): (expression: string) => Parsed {
  const known = new Map<string, Parsed>();
  return (expression) => {
    const parsed = known.get(expression) ?? parse(expression);
    known.set(expression, parsed);
    return parsed;
  };
}

const conditionIn = remembered((expression) => {
  const reader = readerOf(expression);
  const holds = anyOf(reader);
  if (reader.next() !== undefined) throw new ValidationException(`too long: ${expression}`);
  return holds;
});
const changesIn = remembered(changesOf);

type Write = { readonly values: Item; readonly names?: Names | undefined };

/** Whether an item, or the lack of one, satisfies every condition. */
export function satisfies(
  item: Item | undefined,
  conditions: readonly string[],
  { values, names = {} }: Write,
): boolean {
  const given = { item: item ?? {}, values, names };
  return conditions.every((condition) => conditionIn(condition)(given));
}

/** The item after an update. Every right-hand side is read before any is written. */
export function updated(item: Item, expression: string, { values, names = {} }: Write): Item {
  const given = { item, values, names };
  const changes = changesIn(expression).map((change) => change(given));
  const after = Object.entries({ ...item, ...Object.fromEntries(changes) });
  return Object.fromEntries(after.filter(([, value]) => value !== undefined));
}
