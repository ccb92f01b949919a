import { readFileSync } from "node:fs";
import { join } from "node:path";
/** Here and not at the root: TypeScript 7 has no API of its compiler yet, and this one is installed here. */
import ts from "typescript";

const ROOT = join(import.meta.dirname, "../..");
/** A longer signature is shown by the names of its parts. */
const MOST_CHARACTERS = 140;
const MOST_LITERALS = 3;
const MOST_MEMBERS = 16;
const { JSDocParsingMode, SymbolFlags, TypeFormatFlags } = ts;
const FORMAT = TypeFormatFlags.InTypeAlias | TypeFormatFlags.NoTruncation;

const OPTIONS = {
  ...{ module: "nodenext", target: "es2023", lib: ["es2023", "dom", "dom.iterable"] },
  ...{ strict: true, exactOptionalPropertyTypes: true, allowImportingTsExtensions: true },
  ...{ noEmit: true, skipLibCheck: true, types: ["node"], resolveJsonModule: true },
};

/** What a package exports by one entry: its name, how it is used, and the first sentence of its docstring. */
type Exported = { readonly name: string; readonly signature: string; readonly sentence: string };

/** The exports of a package by the entries under which they are imported. */
type Api = ReadonlyMap<string, readonly Exported[]>;

/** Packages share the types of Node and of the browser. Of the docstrings of others, which are the larger part, none is shown. */
const read = new Map<string, ts.SourceFile | undefined>();

/** What CDK generates for the services of AWS, and what its index says of those that are not imported: half of the time, and no signature shows it. */
const GENERATED = /aws-cdk-lib.*\.generated\.d\.ts$/;
const SERVICE = /^export \* as aws_\w+ from .*$/gm;

export function apiOf(name: string): Api {
  const entries = entriesOf(name);
  const { options } = ts.convertCompilerOptionsFromJson(OPTIONS, ROOT);
  const styles = join(ROOT, "client/src/form/text-files.d.ts");
  const host = ts.createCompilerHost(options);
  const { readFile } = host;
  host.readFile = (file) => (GENERATED.test(file) ? "" : readFile(file)?.replaceAll(SERVICE, ""));
  const program = ts.createProgram([...entries.values(), styles], options, {
    ...host,
    getSourceFile: (file, how) => {
      const mode = file.includes("/node_modules/") ? "ParseNone" : "ParseAll";
      const asked = { ...Object(how), jsDocParsingMode: JSDocParsingMode[mode] };
      const source = read.get(file) ?? host.getSourceFile(file, asked);
      read.set(file, source);
      return source;
    },
  });
  const checker = program.getTypeChecker();
  return new Map(
    [...entries].map(([entry, file]) => {
      const source = program.getSourceFile(file);
      const module = source && checker.getSymbolAtLocation(source);
      if (module === undefined) throw new Error(`${file} exports nothing`);
      const symbols = checker.getExportsOfModule(module);
      return [entry, symbols.map((symbol) => exportedBy(checker, symbol))];
    }),
  );
}

/** The sources of the entries that package.json names. */
function entriesOf(name: string): ReadonlyMap<string, string> {
  const { exports } = JSON.parse(readFileSync(join(ROOT, name, "package.json"), "utf8"));
  return new Map(
    Object.entries(exports).map(([path, target]) => {
      const types = String(Object(target).types).replace(/\.d\.ts$/, ".ts");
      const source = types.replace("/dist/types", "/..").replace("/dist", "/src");
      return [join("@latchkey", name, path), join(ROOT, name, source)];
    }),
  );
}

function exportedBy(checker: ts.TypeChecker, exported: ts.Symbol): Exported {
  const isAlias = (exported.flags & SymbolFlags.Alias) !== 0;
  const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  const [sentence = ""] = /^.*?\.(?=\s|$)|^.+/s.exec(text) ?? [];
  return {
    name: exported.name,
    signature: signatureOf(checker, symbol),
    sentence: sentence.replace(/\s+/g, " "),
  };
}

function signatureOf(checker: ts.TypeChecker, symbol: ts.Symbol): string {
  const isClass = (symbol.flags & SymbolFlags.Class) !== 0;
  const isType = isClass || (symbol.flags & SymbolFlags.TypeAlias) !== 0;
  const type = isType ? checker.getDeclaredTypeOfSymbol(symbol) : checker.getTypeOfSymbol(symbol);
  const whole = checker
    .typeToString(type, undefined, FORMAT)
    .replaceAll(/readonly |import\("[^"]+"\)\./g, "")
    // What may be left out may be `undefined` too.
    .replaceAll(/(\?: [^;,)}]+?) \| undefined\b/g, "$1")
    .replaceAll("; }", " }");
  if (whole.length <= MOST_CHARACTERS && !isClass) return whole;
  const [call] = type.getCallSignatures();
  if (call !== undefined) return `(${call.parameters.map(parameterName).join(", ")})`;
  return type.isUnion() ? unionOf(checker, type) : membersOf(type);
}

function parameterName({ name }: ts.Symbol): string {
  return name.startsWith("__") ? "options" : name;
}

function unionOf(checker: ts.TypeChecker, { types }: ts.UnionType): string {
  const names = types.map((each) =>
    each.isStringLiteral() ? `"${each.value}"` : (each.aliasSymbol?.name ?? kindOf(checker, each)),
  );
  if (!types.every((each) => each.isStringLiteral())) return [...new Set(names)].join(" | ");
  return `${names.slice(0, MOST_LITERALS).join(" | ")} | … (${names.length} in all)`;
}

/** A large member of a union by what tells it from the others: its members of one value. */
function kindOf(checker: ts.TypeChecker, type: ts.Type): string {
  const members = type.getProperties();
  if (members.length <= MOST_MEMBERS) return membersOf(type);
  const single = members.flatMap((member) => {
    const of = checker.getTypeOfSymbol(member);
    return of.flags & ts.TypeFlags.Literal ? [`${member.name}: ${checker.typeToString(of)}`] : [];
  });
  return `{ ${[...single, `… (${members.length} in all)`].join(", ")} }`;
}

/** The names of the members that are not inherited of another package, those that may be left out with `?`. */
function membersOf(type: ts.Type): string {
  const names = type
    .getProperties()
    .filter(({ declarations = [] }) => declarations.every(isOwn))
    .map(({ name, flags }) => (flags & SymbolFlags.Optional ? `${name}?` : name));
  const rest = names.length > MOST_MEMBERS ? [`… (${names.length} in all)`] : [];
  return `{ ${[...names.slice(0, MOST_MEMBERS), ...rest].join(", ")} }`;
}

function isOwn(declaration: ts.Declaration): boolean {
  const name = ts.getNameOfDeclaration(declaration);
  const isPrivate = name !== undefined && ts.isPrivateIdentifier(name);
  return !isPrivate && !declaration.getSourceFile().fileName.includes("/node_modules/");
}
