import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { CommandFault, no } from "./terminal.ts";

/** Answers are refused, and can be given again. */
export class AnswerFault extends CommandFault {}

export type Question = {
  readonly text: string;
  /** Whether the answer stays hidden. */
  readonly hidden?: boolean;
  /** The value of an empty answer. */
  readonly otherwise?: string;
};

/** Asks one question. Returns the answer without surrounding spaces. */
export type Ask = (question: Question) => Promise<string>;

type Streams = {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** Whether a person types: then readline echoes, and hidden input must not be echoed. */
  readonly terminal: boolean;
  /** The sentence where the input ends before an answer. */
  readonly whenEnded?: string;
};

/** Asks at a terminal, or reads the answers as lines from another input. `close` ends it. */
export function prompter({ input, output, terminal, whenEnded = "Nothing was done." }: Streams): {
  readonly ask: Ask;
  readonly close: () => void;
} {
  let isHidden = false;
  const echo = new Writable({
    write(chunk, _, done) {
      if (!isHidden) output.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input, output: echo, terminal, historySize: 0 });
  const answers = lines[Symbol.asyncIterator]();
  return {
    ask: async ({ text, hidden = false, otherwise }) => {
      output.write(`  ${text}${otherwise === undefined ? "" : ` [${otherwise}]`}: `);
      isHidden = hidden;
      const { value, done } = await answers.next();
      isHidden = false;
      if (hidden || !terminal || done === true) output.write("\n");
      if (done === true) throw new CommandFault(whenEnded);
      const answer = value.trim();
      return answer === "" && otherwise !== undefined ? otherwise : answer;
    },
    close: () => lines.close(),
  };
}

/** Does what asks and checks; while the answers are refused, it reports why before the first question, and asks all again. */
export async function untilAccepted<Value>(
  ask: Ask,
  work: (ask: Ask) => Promise<Value>,
): Promise<Value> {
  let refusal = "";
  const asking: Ask = ({ text, ...question }) => {
    const words = refusal + text;
    refusal = "";
    return ask({ ...question, text: words });
  };
  for (;;)
    try {
      return await work(asking);
    } catch (fault) {
      if (!(fault instanceof AnswerFault)) throw fault;
      refusal = `${no()} ${fault.message} `;
    }
}
