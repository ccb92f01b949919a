/** The attributes that a page may set. */
export const ATTRIBUTES =
  "base-url channels countries country heading-level history locale nonce platform purpose required".split(
    " ",
  );
