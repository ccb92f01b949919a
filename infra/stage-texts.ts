/** What the text of a setting must be. */

/** An exact origin of a page: no path, no wildcard. */
export function isWebOrigin(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && url.origin === text && /^([a-z0-9.-]+|\[[0-9a-f:]+\])$/.test(url.hostname);
}

/** Names and addresses that lead to no machine on the internet. RFC 1918, RFC 6761, RFC 3927. */
const PRIVATE_HOST =
  /^(localhost|.*\.(localhost|local|internal|lan)|(0|10|127)\..*|192\.168\..*|169\.254\..*|172\.(1[6-9]|2\d|3[01])\..*|\[.*\])$/;

export function isPublicOrigin(origin: string): boolean {
  const url = URL.parse(origin);
  return url?.protocol === "https:" && !PRIVATE_HOST.test(url.hostname);
}
