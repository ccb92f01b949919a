/** What the text of a setting must be. */

/** The origin of an app that is a page in a web view: `capacitor://localhost` on iOS, `ionic://localhost`. No web site has such a scheme. */
const APP_ORIGIN =
  /^(?!(?:https?|wss?|ftp|file|data|blob|about|javascript):)[a-z][a-z0-9+.-]*:\/\/[a-z0-9][a-z0-9.-]*$/;

/** An exact origin of a page or of an app: no path, no wildcard. */
export function isWebOrigin(text: string): boolean {
  if (APP_ORIGIN.test(text)) return true;
  const url = URL.parse(text);
  return url !== null && url.origin === text && /^([a-z0-9.-]+|\[[0-9a-f:]+\])$/.test(url.hostname);
}

/** Names and addresses that lead to no machine on the internet. RFC 1918, RFC 6761, RFC 3927. */
const PRIVATE_HOST =
  /^(localhost|.*\.(localhost|local|internal|lan)|(0|10|127)\..*|192\.168\..*|169\.254\..*|172\.(1[6-9]|2\d|3[01])\..*|\[.*\])$/;

export function isPublicOrigin(origin: string): boolean {
  // Where apps of Capacitor run on Android, from their own files. With a port it is a developer's server.
  if (origin === "https://localhost" || APP_ORIGIN.test(origin)) return true;
  const url = URL.parse(origin);
  return url?.protocol === "https:" && !PRIVATE_HOST.test(url.hostname);
}
