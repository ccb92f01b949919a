/** A node of the syntax tree with the nodes above it, as Stryker hands it to what may ignore it (Babel's `NodePath`). */
type Path = {
  readonly node: {
    readonly type: string;
    readonly callee?: { readonly type: string; readonly name?: string };
  };
  readonly parentPath: Path | null;
};

const TEXTS: ReadonlySet<string> = new Set(["StringLiteral", "TemplateLiteral"]);

/** Words of a fault are for whoever reads the log: no caller sees them, and nothing is decided by them. */
function shouldIgnore({ node, parentPath }: Path): string | undefined {
  const parent = parentPath?.node;
  const isOfFault = parent?.type === "NewExpression" && /Error$/.test(parent.callee?.name ?? "");
  return isOfFault && TEXTS.has(node.type) ? "words of a fault" : undefined;
}

/** By this name Stryker finds what a module brings. */
export const strykerPlugins = [
  { kind: "Ignore", name: "fault-texts", value: { shouldIgnore } },
] as const;
