import { type Limits, limitsWith } from "../../functions/policy/limits.ts";
import type { ScopeTerms } from "../../functions/verification/scopes.ts";
import type { SpendTerms } from "../../functions/verification/spend.ts";
import { scopeTermsOf, spendTermsOf } from "../../infra/sending-terms.ts";
import { validateStage } from "../../infra/stage-rules.ts";
import { STAGES, type Stage, type StageName } from "../../infra/stages.ts";
import { CommandFault } from "../terminal.ts";
import { isKind, KINDS } from "./events.ts";

/** The settings of a replay. It counts in one shard what production spreads over several. */
export type Settings = {
  readonly limits: Limits;
  readonly scopeTerms: ScopeTerms;
  readonly spendTerms: SpendTerms;
};

export type Change = { readonly name: string; readonly value: string };

const SPEND_FIELDS: Readonly<
  Record<string, "dollarsPerHour" | "dollarsPerDay" | "keptForTickets">
> = {
  "spend-hour": "dollarsPerHour",
  "spend-day": "dollarsPerDay",
  "kept-for-tickets": "keptForTickets",
};

const NAMES = [...KINDS, ...Object.keys(SPEND_FIELDS)];

/** `ipv4=10,range=5`: limits; `range=watch`: modes; `spend-hour=20`: dollars. */
export function changesIn(texts: readonly string[]): readonly Change[] {
  return texts
    .flatMap((text) => text.split(","))
    .map((text) => {
      const [, name = "", value = ""] = /^\s*([a-z0-9-]+)=([a-z0-9.]+)\s*$/.exec(text) ?? [];
      if (!NAMES.includes(name))
        throw new CommandFault(`--set takes name=value, with one of ${NAMES.join(", ")}.`);
      return { name, value };
    });
}

export function settingsOf(stage: Stage): Settings {
  return {
    limits: limitsWith(stage.limits ?? {}),
    scopeTerms: scopeTermsOf(stage),
    spendTerms: { ...spendTermsOf(stage), shards: 1 },
  };
}

/** The stage with the changes, checked by the rules of a deployment. A log does not contain known numbers, so no share is kept for them. */
export function changedStage(name: StageName, changes: readonly Change[]): Stage {
  const { knownNumbers: _, ...stage }: Stage = STAGES[name];
  const changed = changes.reduce<Stage>(withChange, stage);
  try {
    validateStage(name, changed);
  } catch (fault) {
    throw new CommandFault(fault instanceof Error ? fault.message : String(fault));
  }
  return changed;
}

function withChange(stage: Stage, { name, value }: Change): Stage {
  const field = SPEND_FIELDS[name];
  if (field !== undefined) return { ...stage, spend: { ...stage.spend, [field]: Number(value) } };
  if (!isKind(name)) return stage;
  const setting =
    value === "off" || value === "watch" || value === "enforce"
      ? { mode: value }
      : { max: Number(value) };
  return { ...stage, scopes: { ...stage.scopes, [name]: { ...stage.scopes?.[name], ...setting } } };
}
