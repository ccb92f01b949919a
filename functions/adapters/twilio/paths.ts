/**
 * The paths of Twilio's callbacks, and the header of its signature. The routes of the API and the addresses in each message are both made of
 * these.
 */
export const TWILIO_CALLBACKS = {
  deliveries: "/v1/deliveries/twilio",
  calls: "/v1/calls/twilio/{sealed}",
  signatureHeader: "x-twilio-signature",
} as const;

/**
 * The path and query of the callbacks of one message. Token and pass need no escaping in a URL. The firewall stops a callback without the pass,
 * so that no flood reaches the throttle of callbacks. It proves nothing: the signature does, and covers it.
 */
export function deliveryPath(reportToken: string, pass?: string): string {
  return `${TWILIO_CALLBACKS.deliveries}?message=${reportToken}${pass ? `&pass=${pass}` : ""}`;
}

/** The path at which a call continues after the key press. */
export function callPath(callToken: string, pass?: string): string {
  return `${TWILIO_CALLBACKS.calls.replace("{sealed}", callToken)}${pass ? `?pass=${pass}` : ""}`;
}
