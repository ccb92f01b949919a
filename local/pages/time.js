/** How long, on a clock: `4:09`. */
export function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Calls `tell` with the whole seconds left until `end` (Unix milliseconds), each second, the last time with 0. Gives a function that stops it. */
export function countDown(end, tell) {
  let timer;
  const tick = () => {
    const milliseconds = Math.max(0, end - Date.now());
    tell(Math.ceil(milliseconds / 1000));
    if (milliseconds > 0) timer = setTimeout(tick, milliseconds % 1000 || 1000);
  };
  tick();
  return () => clearTimeout(timer);
}
