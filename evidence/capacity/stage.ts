import { STAGES, type Stage } from "../../infra/stages.ts";

const SECONDS_AN_HOUR = 3_600;
const DOLLARS_A_MESSAGE = 0.1;

/** The production stage of a company that expects so many requests in a second, and any of them may be a send. */
export function stageFor(requestsPerSecond: number): Stage {
  const throttle = { requestsPerSecond, burst: Math.ceil(requestsPerSecond / 2) };
  const dollarsPerHour = Math.ceil(requestsPerSecond * SECONDS_AN_HOUR * DOLLARS_A_MESSAGE);
  return {
    ...STAGES.prod,
    countries: ["GB", "MA"],
    throttle,
    sendThrottle: throttle,
    expectedRequestsPerMinute: requestsPerSecond * 60,
    spend: { ...STAGES.prod.spend, dollarsPerHour, dollarsPerDay: dollarsPerHour * 24 },
  };
}
