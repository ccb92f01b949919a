/**
 * Runs `work` at its first use in a container and keeps the result. A failure is not kept: the next caller runs it again, and so does a caller
 * that joined a call which then failed, such as one that an earlier request left behind when its container was frozen.
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
