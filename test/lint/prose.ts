import { createRequire } from "node:module";
import { TextlintKernel, type TextlintRuleModule } from "@textlint/kernel";
import { SyntaxKind } from "typescript/unstable/ast";
import { createScanner } from "typescript/unstable/ast/scanner";

/** Loaded by `require`: bundlers and Node do not agree on the default export of this CommonJS module. */
const markdown = createRequire(import.meta.url)("@textlint/textlint-plugin-markdown").default;

/** Words that the glossary replaced, each with the word to use. The code may still use a word in another sense where a row says so. */
const RETIRED = [
  [/\bfloors?\b(?!\()/i, "limit"],
  [/\b(?:unproven|debts?|owe[sd]?)\b/i, "unverified sends"],
  [/\b(?:rested|applicants?|parcels?)\b/i, "limited, requester, outgoing code"],
  [/\b(?:twins?|stand-ins?)\b/i, "emulator"],
  [/\bsparing\b/i, "refusal cache or read cache"],
  [/\b(?:standing|booked|bookings?|repaid|repays?|owing)\b/i, "priority, counted, released"],
  [/\bworlds?\b/i, "deps, configuration"],
  [/\bweather\b/i, "network"],
] as const;

/** Phrases that a reader whose second language is English stumbles over. */
const UNCLEAR = [
  [/\b(?:whoever|nobody|anybody|everybody|somebody)\b/i, "name the person or the caller"],
  [/(?:^|[.!?:;] )what is\b/i, "begin with the subject"],
  [/\b(?:he|his|him)\b/i, "name the person, or use the plural"],
] as const;

/** Verbs of persons, for software that returns, reports, states or receives; not TwiML's element Say. */
const OF_PERSONS = [
  [/(?<![</])\b(?:hears?|heard|says?|said|tells?|told)\b/i, "returns, reports, states, receives"],
] as const;

/** GOV.UK and plain-language guides advise 15 to 20 words; a sentence with a list of names may need more. */
const MOST_WORDS_OF_A_SENTENCE = 30;

const phraseRule =
  (phrases: readonly (readonly [RegExp, string])[]): TextlintRuleModule =>
  ({ Syntax, getSource, report, RuleError }) => ({
    [Syntax.Str](node) {
      const found = phrases.filter(([phrase]) => phrase.test(getSource(node)));
      for (const [phrase, instead] of found)
        report(node, new RuleError(`${phrase.source}: ${instead}`));
    },
  });

const SENTENCES = new Intl.Segmenter("en", { granularity: "sentence" });

const wordsOf = (sentence: string): number => sentence.split(/\s+/).length;

const sentenceRule: TextlintRuleModule = ({ Syntax, getSource, report, RuleError }) => ({
  [Syntax.Paragraph](node) {
    const text = getSource(node).replace(/[`"*]/g, "");
    const sentences = Array.from(SENTENCES.segment(text), ({ segment }) => segment.trim());
    for (const sentence of sentences.filter((one) => wordsOf(one) > MOST_WORDS_OF_A_SENTENCE))
      report(node, new RuleError(`${wordsOf(sentence)} words: ${sentence}`));
  },
});

/** What is hard to read in a Markdown text, a line each. */
export async function faultsOfProse(text: string): Promise<readonly string[]> {
  const { messages } = await new TextlintKernel().lintText(text, {
    ext: ".md",
    plugins: [{ pluginId: "markdown", plugin: markdown }],
    rules: [
      { ruleId: "retired", rule: phraseRule(RETIRED) },
      { ruleId: "unclear", rule: phraseRule([...UNCLEAR, ...OF_PERSONS]) },
      { ruleId: "sentence", rule: sentenceRule },
    ],
  });
  return messages.map(({ line, message }) => `${line}: ${message}`);
}

type Word = { readonly kind: "comment" | "name"; readonly text: string; readonly line: number };

/** Tokens after which a slash divides; after any other it begins a regular expression. */
const ENDS_A_VALUE: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.Identifier,
  SyntaxKind.NumericLiteral,
  SyntaxKind.StringLiteral,
  SyntaxKind.NoSubstitutionTemplateLiteral,
  SyntaxKind.TemplateTail,
  SyntaxKind.CloseParenToken,
  SyntaxKind.CloseBracketToken,
  SyntaxKind.CloseBraceToken,
]);
const OPENS_A_PLACE: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.TemplateHead,
  SyntaxKind.TemplateMiddle,
]);
const COMMENTS: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.SingleLineCommentTrivia,
  SyntaxKind.MultiLineCommentTrivia,
]);

/** The comments and names of a source file, by TypeScript's scanner. */
function wordsIn(source: string): readonly Word[] {
  const words: Word[] = [];
  for (const { kind, text, start } of tokensOf(source)) {
    const line = source.slice(0, start).split("\n").length;
    if (COMMENTS.has(kind)) words.push({ kind: "comment", text: plain(text), line });
    if (kind === SyntaxKind.Identifier) words.push({ kind: "name", text: apart(text), line });
  }
  return words;
}

/** Every token, comments included. The scanner must be told where a slash or a brace continues a literal. */
function* tokensOf(source: string) {
  const scanner = createScanner(false, undefined, source);
  const braces: SyntaxKind[] = [];
  let before: SyntaxKind = SyntaxKind.Unknown;
  const literal = (kind: SyntaxKind): SyntaxKind => {
    if (kind === SyntaxKind.SlashToken && !ENDS_A_VALUE.has(before))
      return scanner.reScanSlashToken();
    const endsPlace =
      kind === SyntaxKind.CloseBraceToken && braces.pop() === SyntaxKind.TemplateHead;
    return endsPlace ? scanner.reScanTemplateToken(false) : kind;
  };
  for (let kind = scanner.scan(); kind !== SyntaxKind.EndOfFile; kind = scanner.scan()) {
    kind = literal(kind);
    if (kind === SyntaxKind.OpenBraceToken) braces.push(kind);
    if (OPENS_A_PLACE.has(kind)) braces.push(SyntaxKind.TemplateHead);
    yield { kind, text: scanner.getTokenText(), start: scanner.getTokenStart() };
    if (kind > SyntaxKind.LastTriviaToken) before = kind;
  }
}

const plain = (comment: string): string =>
  comment
    .replace(/^\s*(?:\/\*+|\/\/|\*\/?)|\*\/$/gm, "")
    .replace(/\s+/g, " ")
    .trim();

/** `unverifiedSends` and `UNVERIFIED_SENDS` as words. */
const apart = (name: string): string =>
  name.replace(/([a-z])([A-Z])/g, "$1 $2").replaceAll("_", " ");

/** Unclear phrases and retired words in the comments of a source file, and retired words in its names, a line each. */
export function faultsOfSource(source: string): readonly string[] {
  return wordsIn(source).flatMap(({ kind, text, line }) =>
    [...RETIRED, ...(kind === "comment" ? [...UNCLEAR, ...OF_PERSONS] : [])]
      .filter(([phrase]) => phrase.test(text) && text !== "floor")
      .map(([, instead]) => `${line}: ${text}: ${instead}`),
  );
}

/** A title of a test or of a group: a text before the function that it names. */
const TITLE = /(["'`])((?:\\.|(?!\1)[^\\\n])+ (?:\\.|(?!\1)[^\\\n])+)\1,\s*(?:async\s*)?[({]/g;

/** Unclear phrases in the titles of a file of tests, a line each. */
export function faultsOfTitles(source: string): readonly string[] {
  return Array.from(source.matchAll(TITLE), ([, , title = ""]) => title).flatMap((title) =>
    [...UNCLEAR, ...OF_PERSONS]
      .filter(([phrase]) => phrase.test(title))
      .map(([, instead]) => `${title}: ${instead}`),
  );
}

/** The retired words in a name of a log event, a metric, a problem or an alarm. */
export function retiredIn(name: string): readonly string[] {
  return RETIRED.filter(([word]) => word.test(apart(name).replaceAll("-", " "))).map(
    ([, instead]) => `${name}: ${instead}`,
  );
}
