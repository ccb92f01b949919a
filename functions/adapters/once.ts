/** Does `work` at its first use in a container and keeps what it gave. A failure is not kept: the next caller asks again. */
export function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let known: Promise<Result> | undefined;
  return () => {
    if (known === undefined) {
      known = work();
      known.catch(() => {
        known = undefined;
      });
    }
    return known;
  };
}
