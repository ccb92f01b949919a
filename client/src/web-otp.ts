/** The part of the Credential Management API that this needs; TypeScript's own library lacks codes. https://wicg.github.io/web-otp/ */
type Browser = {
  readonly navigator?: {
    readonly credentials: {
      readonly get: (options: {
        readonly otp: { readonly transport: readonly ["sms"] };
        readonly signal: AbortSignal;
      }) => Promise<{ readonly code?: string } | null>;
    };
  };
};

/**
 * The code of the next message for this page, where the browser reads messages (WebOTP: Chrome on Android) and the person agrees;
 * otherwise `undefined`. Never throws.
 */
export async function receiveCode(
  signal: AbortSignal,
  browser: object = globalThis,
): Promise<string | undefined> {
  const { navigator }: Browser = browser;
  try {
    // With a signal that is aborted `get` rejects.
    return "OTPCredential" in browser
      ? (await navigator?.credentials.get({ otp: { transport: ["sms"] }, signal }))?.code
      : undefined;
  } catch {
    return undefined;
  }
}
