type Does = (candidate: Buffer) => Promise<boolean>;

/** The smallest input on the way that still does it: pieces are cut out, then bytes made plain. Gives up after so many trials. */
export async function shrunk(input: Buffer, does: Does, mostTrials = 2_000): Promise<Buffer> {
  let trials = 0;
  const stillDoes: Does = async (candidate) => {
    trials += 1;
    return trials <= mostTrials && (await does(candidate));
  };
  let best = input;
  for (let size = Math.ceil(best.length / 2); size >= 1; size = Math.floor(size / 2))
    best = await withoutPieces(best, size, stillDoes);
  return plain(best, stillDoes);
}

async function withoutPieces(input: Buffer, size: number, does: Does): Promise<Buffer> {
  let best = input;
  for (let at = 0; at < best.length; ) {
    const candidate = Buffer.concat([best.subarray(0, at), best.subarray(at + size)]);
    if (await does(candidate)) best = candidate;
    else at += size;
  }
  return best;
}

const PLAIN = 0x30;

async function plain(input: Buffer, does: Does): Promise<Buffer> {
  let best = input;
  for (let at = 0; at < best.length; at += 1) {
    const candidate = Buffer.from(best);
    candidate[at] = PLAIN;
    if (await does(candidate)) best = candidate;
  }
  return best;
}
