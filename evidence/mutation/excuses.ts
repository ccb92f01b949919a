/** A node of the syntax tree, as far as an excuse looks at it (Babel's `Node`). */
type Node = {
  readonly type: string;
  readonly name?: string;
  readonly callee?: Node;
  readonly arguments?: readonly Node[];
  readonly property?: Node;
  readonly elements?: readonly (Node | null)[];
  readonly init?: Node | null;
};

/** A node with the nodes above it, as Stryker hands it to what may excuse it (Babel's `NodePath`). */
type Path = { readonly node: Node; readonly parentPath: Path | null };

const TEXTS: ReadonlySet<string> = new Set(["StringLiteral", "TemplateLiteral"]);

/** The words of a fault are for the reader of the log: no caller sees them, and no decision depends on them. */
function isOfFault({ node, parentPath }: Path): boolean {
  const { callee, arguments: given = [] } = parentPath?.node ?? node;
  const isFault = /Error$/.test(callee?.name ?? "");
  const isSaid = isFault || (callee?.name === "wellFormed" && given[2] === node);
  return TEXTS.has(node.type) && isSaid;
}

/** `const [first = ""] = text.split(…)`: the types ask what to do without a first part, and there always is one (ECMA-262, String.prototype.split). */
function isInsteadOfFirstPart({ node, parentPath: fallback }: Path): boolean {
  const list = fallback?.parentPath;
  const isFallback = node.type === "StringLiteral" && fallback?.node.type === "AssignmentPattern";
  const isFirst = list?.node.elements?.[0] === fallback?.node;
  return isFallback && isFirst && list?.parentPath?.node.init?.callee?.property?.name === "split";
}

function shouldIgnore(path: Path): string | undefined {
  if (isOfFault(path)) return "words of a fault";
  return isInsteadOfFirstPart(path) ? "a split has a first part" : undefined;
}

/** By this name Stryker finds what a module brings. */
export const strykerPlugins = [
  { kind: "Ignore", name: "excuses", value: { shouldIgnore } },
] as const;
