/** What a rig and the threads that it turns share: where each number lies, and what a thread is told when it starts. */
export const PLACES = { skewMilliseconds: 0, nextDraw: 1 } as const;

/** No code has it. */
export const NOT_DRAWN = -1;
