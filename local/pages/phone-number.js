/** What people type for a UK number, as E.164; `undefined` where it cannot be one. Whether it exists is for the API to say. */
export function toE164(typed) {
  const digits = typed
    .trim()
    .replace(/\(0\)/, "")
    .replace(/[\s().\-–/]/g, "");
  const national = /^(?:\+44|0044|44|0)?([1-9]\d{8,9})$/.exec(digits)?.[1];
  if (national !== undefined) return `+44${national}`;
  return /^\+[1-9]\d{6,14}$/.test(digits) ? digits : undefined;
}

/** `+447700900123` as people in Britain write it. */
export function readable(e164) {
  return e164.replace(/^\+44(\d{4})(\d{6})$/, "0$1 $2");
}
