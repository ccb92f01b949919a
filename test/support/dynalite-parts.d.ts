/** dynalite brings no types; these are of the parts that memory-table.ts uses. */
declare module "dynalite/validations/index.js" {
  export type Expressions = {
    readonly ExpressionAttributeValues?: Readonly<Record<string, object>> | undefined;
    readonly _condition?: object | undefined;
    readonly _updates?: { readonly sections: readonly object[] } | undefined;
  };
  /** Reads the expressions of a request into it, or returns the fault as text. */
  export function validateExpressions(request: object): string | undefined;
}
declare module "dynalite/db/index.js" {
  export function checkConditional(request: object, item: object | undefined): Error | null;
}
declare module "dynalite/actions/updateItem.js" {
  import type { AttributeValue } from "@aws-sdk/client-dynamodb";

  type Answer = { readonly Attributes?: Record<string, AttributeValue> };
  function updateItem(
    store: object,
    request: object,
    done: (fault: Error | null | undefined, answer?: Answer) => void,
  ): void;
  export = updateItem;
}
