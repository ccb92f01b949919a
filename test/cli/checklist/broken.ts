import type { Policies } from "../../../cli/checklist/policies.ts";
import type { Evidence } from "../../../cli/checklist/question.ts";
import type { Template } from "../../../cli/template.ts";

/** Breaks one property of what would be deployed. */
export type Break = (evidence: Evidence) => Evidence;

type Properties = Record<string, unknown>;

function withTemplate(evidence: Evidence, change: (template: Template) => void): Evidence {
  const template = structuredClone(evidence.template);
  change(template);
  return { ...evidence, template };
}

/** Changes the properties of each resource of a type, or of the one whose id starts like this. */
export function changing(
  type: string,
  change: (properties: Properties) => void,
  idStart = "",
): Break {
  return (evidence) =>
    withTemplate(evidence, ({ Resources }) => {
      const found = Object.entries(Resources).filter(
        ([id, resource]) => resource.Type === type && id.startsWith(idStart),
      );
      if (found.length === 0) throw new Error(`there is no ${type} ${idStart} to break`);
      for (const [, resource] of found) change(resource.Properties);
    });
}

/** Sets one property. */
export function setting(type: string, name: string, value: unknown, idStart = ""): Break {
  return changing(
    type,
    (properties) => {
      properties[name] = value;
    },
    idStart,
  );
}

/** Takes away every resource of a type, or the one whose id starts like this. */
export function without(type: string, idStart = ""): Break {
  return (evidence) =>
    withTemplate(evidence, ({ Resources }) => {
      for (const [id, resource] of Object.entries(Resources))
        if (resource.Type === type && id.startsWith(idStart)) delete Resources[id];
    });
}

export function adding(id: string, type: string, properties: Properties): Break {
  return (evidence) =>
    withTemplate(evidence, ({ Resources }) => {
      Resources[id] = { Type: type, Properties: properties };
    });
}

/** Gives every resource of a type another policy at the end of the stack. */
export function going(type: string): Break {
  return (evidence) =>
    withTemplate(evidence, ({ Resources }) => {
      for (const resource of Object.values(Resources))
        if (resource.Type === type) resource.DeletionPolicy = "Delete";
    });
}

export function policy(change: Partial<Policies>): Break {
  return (evidence) => ({ ...evidence, policies: { ...evidence.policies, ...change } });
}

export function limit(change: Partial<Policies["limits"]>): Break {
  return (evidence) => ({
    ...evidence,
    policies: { ...evidence.policies, limits: { ...evidence.policies.limits, ...change } },
  });
}

/** Sets a variable of the functions that have it. */
export function variable(name: string, value: unknown, idStart = ""): Break {
  return changing(
    "AWS::Lambda::Function",
    ({ Environment }) => {
      const variables = Object(Object(Environment)["Variables"]);
      if (name in variables || idStart !== "") variables[name] = value;
    },
    idStart,
  );
}

/** What the stage says, where the template was made from another. */
export function stageWith(change: Partial<Evidence["stage"]>): Break {
  return ({ stage, ...evidence }) => ({ ...evidence, stage: Object.assign({ ...stage }, change) });
}
