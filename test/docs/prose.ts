import { createRequire } from "node:module";
import { TextlintKernel, type TextlintRuleModule } from "@textlint/kernel";

/** Loaded by `require`: bundlers and Node do not agree on the default export of this CommonJS module. */
const markdown = createRequire(import.meta.url)("@textlint/textlint-plugin-markdown").default;

/** Words that the glossary replaced, each with the word to use. The code may still use a word in another sense where a row says so. */
const RETIRED = [
  [/\bfloors?\b(?!\()/i, "limit"],
  [/\b(?:unproven|debts?|owes|owed)\b/i, "unverified sends"],
  [/\b(?:rested|applicants?|parcels?)\b/i, "limited, requester, outgoing code"],
  [/\b(?:twins?|stand-ins?)\b/i, "emulator"],
  [/\bsparing\b/i, "refusal cache or read cache"],
] as const;

/** Phrases that a reader whose second language is English stumbles over. */
const UNCLEAR = [
  [/\bwhoever\b/i, "name the person or the caller"],
  [/\bnobody\b/i, "say who does not"],
  [/(?:^|[.!?:;] )what is\b/i, "begin with the subject"],
] as const;

/** NIST, GOV.UK and plain-language guides advise 15 to 20 words; a sentence with a list of names may need more. */
const MOST_WORDS_OF_A_SENTENCE = 40;

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

const wordsOf = (sentence: string): number => sentence.trim().split(/\s+/).length;

const sentenceRule =
  (mostWords: number): TextlintRuleModule =>
  ({ Syntax, getSource, report, RuleError }) => ({
    [Syntax.Paragraph](node) {
      const sentences = Array.from(
        SENTENCES.segment(getSource(node).replace(/[`"*]/g, "")),
        ({ segment }) => segment,
      );
      const long = sentences.filter((sentence) => wordsOf(sentence) > mostWords);
      for (const sentence of long)
        report(node, new RuleError(`${wordsOf(sentence)} words: ${sentence.trim()}`));
    },
  });

/** What is hard to read in a Markdown text, a line each. */
export async function faultsOfProse(
  text: string,
  mostWords: number = MOST_WORDS_OF_A_SENTENCE,
): Promise<readonly string[]> {
  const { messages } = await new TextlintKernel().lintText(text, {
    ext: ".md",
    plugins: [{ pluginId: "markdown", plugin: markdown }],
    rules: [
      { ruleId: "retired", rule: phraseRule(RETIRED) },
      { ruleId: "unclear", rule: phraseRule(UNCLEAR) },
      { ruleId: "sentence", rule: sentenceRule(mostWords) },
    ],
  });
  return messages.map(({ line, message }) => `${line}: ${message}`);
}
