import {
  cachingClaims,
  cachingNumbers,
  cachingScopes,
  cachingSpend,
  cachingVerifications,
} from "../../functions/adapters/dynamodb/caching.ts";
import { LIMITS } from "../../functions/policy/limits.ts";
import type { Clock } from "../../functions/verification/ports.ts";
import { scopeTermsOf, spendTermsOf } from "../../infra/sending-terms.ts";
import type { Stage } from "../../infra/stages.ts";
import { type Deps, NOON, someDeps } from "../../test/support/deps.ts";
import { engineStores, type Stores } from "../../test/support/engine-stores.ts";
import type { EngineTable } from "../../test/support/engine-tables.ts";
import type { Seeded } from "../simulation/seeded.ts";

/** One container of each function on a fresh table, under the terms of a stage, with a clock that the mix turns: the deployed stores, put together as the entries do. */
export function aContainer(
  { table }: Pick<EngineTable, "table">,
  stage: Stage,
  random: Seeded,
): Deps {
  const time = { now: NOON };
  const clock = () => time.now;
  const scopeTerms = scopeTermsOf(stage);
  const spendTerms = spendTermsOf(stage);
  const layout = { from: 0, shards: spendTerms.shards };
  const read = engineStores(table, clock);
  // As after the first day of a stage: the shards that it wants are in force.
  const switchState = async () => ({
    ...(await read.sendingSwitch.switchState()),
    layouts: [layout],
  });
  const stores = { ...read, sendingSwitch: { switchState } };
  return {
    ...someDeps(caching(stores, clock)),
    time,
    clock,
    random: { integer: random.integer, bytes: random.bytes },
    scopeTerms,
    spendTerms,
    countries: stage.countries,
  };
}

/** As functions/runtime/sending.ts, start-verification.ts and check-code.ts do. */
function caching(stores: Stores, clock: Clock): Stores {
  return {
    ...stores,
    verifications: cachingVerifications(stores.verifications, clock),
    numbers: cachingNumbers(stores.numbers, clock, LIMITS),
    scopes: cachingScopes(stores.scopes, clock),
    spend: cachingSpend(stores.spend, clock),
    claims: cachingClaims(stores.claims, clock),
  };
}
