/**
 * Does `work` at its first use in a container and keeps what it gave. A failure is not kept: the next caller asks again, and so does whoever
 * joined a call that then failed, such as one that an earlier request left behind when its container was frozen.
 */
export function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let known: Promise<Result> | undefined;
  function ask(): Promise<Result> {
    if (known === undefined) {
      known = work();
      known.catch(() => {
        known = undefined;
      });
    }
    return known;
  }
  return () => {
    const isJoined = known !== undefined;
    return isJoined ? ask().catch(ask) : ask();
  };
}
