/** One event, as JSON: in Lambda, too, only JSON reaches a function, and comes back. */
export type Invocation = {
  readonly requestId: string;
  readonly payload: string;
  /** Unix milliseconds. */
  readonly deadline: number;
};

/** The messages of a worker. */
export type Report =
  | { readonly kind: "output"; readonly text: string }
  | { readonly kind: "answered"; readonly requestId: string; readonly payload: unknown }
  | {
      readonly kind: "failed";
      readonly requestId: string;
      readonly errorType: string;
      readonly errorMessage: string;
    };
