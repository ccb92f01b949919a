import { ABORTED } from "./exchange.ts";
import type { Aborted } from "./outcomes.ts";

type Flight<T> = {
  readonly end: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
};

/**
 * Requests in flight by name. The same request, asked again while it is in flight, is one request: a double tap sends once. It is aborted when
 * every caller has aborted.
 */
export function createFlights<T>(): (
  name: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
) => Promise<T | Aborted> {
  const flights = new Map<string, Flight<T>>();
  const takeOff = (name: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> => {
    const controller = new AbortController();
    const forget = (): void => {
      if (flights.get(name) === flight) flights.delete(name);
    };
    const flight = { end: work(controller.signal).finally(forget), controller, waiting: 0 };
    flights.set(name, flight);
    controller.signal.addEventListener("abort", forget);
    return flight;
  };
  return (name, signal, work) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return resolve(ABORTED);
      const flight = flights.get(name) ?? takeOff(name, work);
      flight.waiting += 1;
      const leave = (): void => {
        resolve(ABORTED);
        flight.waiting -= 1;
        if (flight.waiting === 0) flight.controller.abort();
      };
      signal.addEventListener("abort", leave);
      flight.end.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
    });
}
