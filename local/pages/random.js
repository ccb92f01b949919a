/** 128 random bits in hex. `crypto.randomUUID` is there on localhost and on https only, and phones come by the address of the network. */
export function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
