import type { Route } from "../template/routes.ts";
import type { ThrottlePlan } from "../template/stage.ts";

/** Admits or refuses one request. */
export type Throttle = (route: Pick<Route, "method" | "path">) => boolean;

/**
 * Token buckets as the gateway has them: `burst` at most, filled at the rate. A method with a setting of its own has a bucket of its own, all
 * others share the stage's. AWS documents its rates as targets; these are exact.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 */
export function createThrottle(
  plans: readonly ThrottlePlan[],
  now: () => number = performance.now.bind(performance),
): Throttle {
  const buckets = plans.map((plan) => ({ plan, tokens: plan.burst, filledAt: now() }));
  // The nearest setting wins: the method's own before any for `*`.
  const sorted = buckets.toSorted((a, b) => wildcards(a.plan) - wildcards(b.plan));
  return (route) => {
    const bucket = sorted.find(({ plan }) => covers(plan, route));
    if (bucket === undefined) return true;
    const at = now();
    const gained = ((at - bucket.filledAt) / 1_000) * bucket.plan.requestsPerSecond;
    bucket.tokens = Math.min(bucket.plan.burst, bucket.tokens + gained);
    bucket.filledAt = at;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  };
}

function wildcards({ method, path }: ThrottlePlan): number {
  return [method, path].filter((part) => part === "*").length;
}

function covers(plan: ThrottlePlan, { method, path }: Pick<Route, "method" | "path">): boolean {
  return (
    (plan.method === "*" || plan.method === method) && (plan.path === "*" || plan.path === path)
  );
}
