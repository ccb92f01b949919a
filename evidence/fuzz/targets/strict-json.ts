/**
 * The names of the outermost object of a valid JSON text, each as often as it stands there: a second reading of what JSON.parse folds, written
 * from RFC 8259 letter by letter and not from the expression that the product has.
 */
export function outermostNames(validJson: string): readonly string[] {
  const names: string[] = [];
  let depth = 0;
  for (let at = 0; at < validJson.length; at += 1) {
    const letter = validJson.charAt(at);
    depth += DEPTHS[letter] ?? 0;
    if (letter !== '"') continue;
    const end = endOfString(validJson, at);
    if (depth === 1 && isName(validJson, end))
      names.push(String(JSON.parse(validJson.slice(at, end + 1))));
    at = end;
  }
  return names;
}

const DEPTHS: Readonly<Record<string, number>> = { "{": 1, "[": 1, "}": -1, "]": -1 };

function isName(text: string, end: number): boolean {
  return /[^ \t\n\r]/.exec(text.slice(end + 1))?.[0] === ":";
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text.charAt(at) !== '"') at += text.charAt(at) === "\\" ? 2 : 1;
  return at;
}
