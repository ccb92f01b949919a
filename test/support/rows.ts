import { readFileSync } from "node:fs";

/** The rows of a file of values between tabs, below the line that names the columns. A value that is missing at the end of a line is empty. */
export function rowsOf<Column extends string>(
  path: string,
  columns: readonly Column[],
): readonly Readonly<Record<Column, string>>[] {
  const [head = "", ...lines] = readFileSync(path, "utf8").trimEnd().split("\n");
  if (head !== columns.join("\t")) throw new Error(`${path} has other columns: ${head}`);
  return lines.map((line) => {
    const cells = line.split("\t");
    if (cells.length > columns.length) throw new Error(`${path} has a line too long: ${line}`);
    return Object.assign({}, ...columns.map((column, index) => ({ [column]: cells[index] ?? "" })));
  });
}
