/**
 * Runs `work` at its first use in a container and keeps the result; after `minutes` it runs again, and where it fails the earlier result stays. A first
 * failure is not kept: the next caller runs it again, and so does one that joined a call which failed, left behind when the container was frozen.
 */
export function once<Result>(work: () => Promise<Result>, minutes = Number.POSITIVE_INFINITY) {
  let known: Promise<Result> | undefined;
  let until = 0;
  function ask(): Promise<Result> {
    if (known === undefined || Date.now() >= until) {
      const earlier = known;
      until = Date.now() + minutes * 60_000;
      known = work().catch((fault: unknown) => earlier ?? Promise.reject(fault));
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
