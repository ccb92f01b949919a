/** The smallest input on the way that still does it: pieces are cut out, then bytes made plain. Gives up after so many trials. */
export async function shrunk(
  input: Buffer,
  stillDoes: (candidate: Buffer) => Promise<boolean>,
  mostTrials = 2_000,
): Promise<Buffer> {
  let best = input;
  let trials = 0;
  const accept = async (candidate: Buffer): Promise<boolean> => {
    trials += 1;
    if (trials > mostTrials || !(await stillDoes(candidate))) return false;
    best = candidate;
    return true;
  };
  for (let size = Math.ceil(best.length / 2); size >= 1; size = Math.floor(size / 2))
    for (let at = 0; at < best.length && trials < mostTrials; ) {
      const candidate = Buffer.concat([best.subarray(0, at), best.subarray(at + size)]);
      if (!(await accept(candidate))) at += size;
    }
  for (let at = 0; at < best.length && trials < mostTrials; at += 1) {
    if (best[at] === PLAIN) continue;
    const candidate = Buffer.from(best);
    candidate[at] = PLAIN;
    await accept(candidate);
  }
  return best;
}

const PLAIN = 0x30;
