import * as v from "valibot";
import type { Assembly } from "../../local/assembly.ts";

/** The load of half an hour costs more than a development stage may spend in an hour, and it is not the cap that is to end it. */
const TIMES_THE_MONEY = 20;

const CAP = v.object({ perHourMicros: v.number(), perDayMicros: v.number() });
const SPEND_TERMS = v.looseObject({ total: CAP, countries: v.record(v.string(), CAP) });

/** The stack as it is, but with more money to spend. Nothing else of it is changed. */
export function withMoney({ template, assemblyDirectory }: Assembly): Assembly {
  const text = JSON.stringify(template, (name, value: unknown) =>
    name === "SPEND_TERMS" && typeof value === "string" ? richer(value) : value,
  );
  return { template: JSON.parse(text), assemblyDirectory };
}

function richer(terms: string): string {
  const { total, countries, ...rest } = v.parse(SPEND_TERMS, JSON.parse(terms));
  const raised = (cap: v.InferOutput<typeof CAP>) => ({
    perHourMicros: cap.perHourMicros * TIMES_THE_MONEY,
    perDayMicros: cap.perDayMicros * TIMES_THE_MONEY,
  });
  return JSON.stringify({
    ...rest,
    total: raised(total),
    countries: Object.fromEntries(
      Object.entries(countries).map(([country, cap]) => [country, raised(cap)]),
    ),
  });
}
