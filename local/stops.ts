/** Ends one part of the system. */
export type Stop = () => Promise<void>;

/** What has to be ended, in any order. */
export type Stops = {
  /** Ends with the other parts; at once if these have ended. */
  readonly add: (stop: Stop) => Promise<void>;
  readonly stopAll: Stop;
};

export function createStops(): Stops {
  const stops: Stop[] = [];
  let isStopped = false;
  return {
    add: async (stop) => {
      if (isStopped) await stop();
      else stops.push(stop);
    },
    stopAll: async () => {
      isStopped = true;
      await Promise.all(stops.splice(0).map((stop) => stop()));
    },
  };
}

/** Waits for a part and ends it with the rest. */
export async function stoppable<Part extends { readonly stop: Stop }>(
  part: Promise<Part>,
  stops: Stops,
): Promise<Part> {
  const started = await part;
  await stops.add(started.stop);
  return started;
}
