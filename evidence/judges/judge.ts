import { mkdtemp, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { close, listen, localUrl, serverOf } from "../../local/listening.ts";
import type { Copy } from "../../test/support/forward.ts";

/** What a judge reports. */
type Verdict = {
  /** How much it looked at: "177 calls". */
  readonly extent: string;
  /** One text a finding. None means that the judge agrees. */
  readonly findings: readonly string[];
};

/** Software of others that examines the product. */
export type Judge = {
  readonly name: string;
  /** Packages of requirements.txt or of a package-lock.json whose versions the verdict depends on; those of elsewhere with their version. */
  readonly packages: readonly string[];
  readonly subject: string;
  /** Whether `--quick` runs it. */
  readonly isQuick?: true;
  /** The accepted findings, each kind once. One that does not occur is a finding itself. */
  readonly accepted?: readonly (readonly [finding: RegExp, reason: string])[];
  /** The fault that `--planted` puts in, and the finding that must report it. */
  readonly fault: { readonly what: string; readonly finding: RegExp };
  /** Throws only where the judge itself cannot run. */
  readonly run: (isPlanted: boolean) => Promise<Verdict>;
};

/** The findings that no acceptance covers, and each acceptance that covers none. */
export function openFindings(
  { accepted = [] }: Judge,
  findings: readonly string[],
): readonly string[] {
  return [
    ...findings.filter((text) => !accepted.some(([finding]) => finding.test(text))),
    ...accepted
      .filter(([finding]) => !findings.some((text) => finding.test(text)))
      .map(([finding]) => `accepted, but not found: ${finding}`),
  ];
}

/** Gives `work` an empty folder, and removes it afterwards. */
export async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "latchkey-judge-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Gives `work` a server that answers by `answer`. It stands in front of the one that the judge examines. */
export async function withProxy<Result>(
  answer: (request: IncomingMessage, body: Buffer) => Promise<Copy>,
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  const server = serverOf(async (request, response) => {
    const { status, headers, body } = await answer(request, await buffer(request));
    const { "content-length": _, "transfer-encoding": __, ...kept } = headers;
    response.writeHead(status, kept).end(body);
  });
  try {
    return await work(localUrl(await listen(server)));
  } finally {
    await close(server);
  }
}
