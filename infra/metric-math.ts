/** As much of CloudWatch's metric math as our alarms use: numbers, names, + - * / and comparisons, IF, FILL, brackets. */

export type Figure = number | undefined;

type Reader = { readonly tokens: string[]; readonly values: Readonly<Record<string, Figure>> };

/** The value of an expression. `undefined` if a part has no data, as in CloudWatch; FILL gives a value for it. */
export function evaluate(expression: string, values: Readonly<Record<string, Figure>>): Figure {
  const tokens = [...expression.matchAll(/[A-Za-z_]\w*|\d+(?:\.\d+)?|[<>]=?|[-+*/(),]/g)].map(
    ([token]) => token,
  );
  const read = tokens.join("");
  if (read !== expression.replace(/\s/g, "")) throw new Error(`cannot read ${expression}`);
  const reader = { tokens: [...tokens], values };
  const figure = comparison(reader);
  if (reader.tokens.length > 0) throw new Error(`${reader.tokens.join("")} is left`);
  return figure;
}

const OPERATIONS: Readonly<Record<string, (left: number, right: number) => Figure>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => (right === 0 ? undefined : left / right),
  ">": (left, right) => Number(left > right),
  ">=": (left, right) => Number(left >= right),
  "<": (left, right) => Number(left < right),
  "<=": (left, right) => Number(left <= right),
};

const comparison = chain([">", ">=", "<", "<="], sum);

function sum(reader: Reader): Figure {
  return chain(["+", "-"], product)(reader);
}

function product(reader: Reader): Figure {
  return chain(["*", "/"], atom)(reader);
}

function chain(operators: readonly string[], next: (reader: Reader) => Figure) {
  return (reader: Reader): Figure => {
    let figure = next(reader);
    while (operators.includes(reader.tokens[0] ?? "")) {
      const operation = OPERATIONS[reader.tokens.shift() ?? ""];
      const right = next(reader);
      figure = figure === undefined || right === undefined ? undefined : operation?.(figure, right);
    }
    return figure;
  };
}

function atom(reader: Reader): Figure {
  const token = reader.tokens.shift() ?? "";
  if (/^\d/.test(token)) return Number(token);
  if (token === "(") return block(reader, comparison(reader));
  if (token === "IF" || token === "FILL") return call(reader, token);
  if (!Object.hasOwn(reader.values, token)) throw new Error(`there is no metric ${token}`);
  return reader.values[token];
}

function call(reader: Reader, name: "IF" | "FILL"): Figure {
  expectToken(reader, "(");
  const given = comparison(reader);
  expectToken(reader, ",");
  const second = comparison(reader);
  if (name === "FILL") return block(reader, given ?? second);
  expectToken(reader, ",");
  const third = comparison(reader);
  return block(reader, given === undefined ? undefined : given > 0 ? second : third);
}

function block(reader: Reader, figure: Figure): Figure {
  expectToken(reader, ")");
  return figure;
}

function expectToken({ tokens }: Reader, wanted: string): void {
  const token = tokens.shift();
  if (token !== wanted) throw new Error(`${wanted} is missing before ${token}`);
}
