/** The path and query of the callbacks of one message. Its token has no letter that an address would change. */
export function deliveryPath(reportToken: string): string {
  return `/v1/deliveries/twilio?message=${reportToken}`;
}

/** The path at which a call goes on after the key press. */
export function callPath(callToken: string): string {
  return `/v1/calls/twilio/${callToken}`;
}
