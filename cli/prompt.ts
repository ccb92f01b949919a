import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { CommandFault } from "./terminal.ts";

export type Question = {
  readonly text: string;
  /** Nothing of the answer is shown. */
  readonly hidden?: boolean;
  /** What an empty answer means. */
  readonly otherwise?: string;
};

/** Asks one question; the answer comes without the spaces around it. */
export type Ask = (question: Question) => Promise<string>;

type Streams = {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** Whether a person types: then readline echoes, and a hidden answer must not be shown. */
  readonly terminal: boolean;
};

/** Asks at a terminal, or reads the answers as lines where the input is none. `close` ends it. */
export function prompter({ input, output, terminal }: Streams): {
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
      if (hidden || !terminal) output.write("\n");
      if (done === true) throw new CommandFault("Nothing was done.");
      const answer = value.trim();
      return answer === "" && otherwise !== undefined ? otherwise : answer;
    },
    close: () => lines.close(),
  };
}
