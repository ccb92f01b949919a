/** A row of the catalogue that cannot be tried here, and why not: it is counted as such, and never dropped. */
export type NotApplicable = { readonly id: string; readonly why: string };

export const NOT_APPLICABLE: readonly NotApplicable[] = [];
