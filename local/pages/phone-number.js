/** `+447700900123` as people in Britain write it. */
export function readable(e164) {
  return e164.replace(/^\+44(\d{4})(\d{6})$/, "0$1 $2");
}
