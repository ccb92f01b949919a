/**
 * What libraries take for the British number of these ten digits, or nearly: most of these are folded into it by a parser that is asked with a
 * default country, NUL bytes, extensions and text around it included. None is E.164.
 */
export function numberSpellings(national: string): Readonly<Record<string, string>> {
  const number = `+44${national}`;
  const [head, tail] = [national.slice(0, 4), national.slice(4)];
  const inDigitsFrom = (zero: number): string =>
    number.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));
  return {
    national: `0${national}`,
    "without its plus": `44${national}`,
    "with spaces": `+44 ${head} ${tail}`,
    "with dashes": `+44-${head}-${tail}`,
    "with dots and brackets": `+44.(${head}).${tail}`,
    "with a trunk zero in brackets": `+44 (0)${head} ${tail}`,
    "with a trunk zero": `+440${national}`,
    "with an international prefix": `0044${national}`,
    "with two pluses": `++44${national}`,
    "with a full-width plus": `\uff0b44${national}`,
    "in full-width digits": inDigitsFrom(0xff10),
    "in Arabic-Indic digits": inDigitsFrom(0x0660),
    "in extended Arabic digits": inDigitsFrom(0x06f0),
    "in Devanagari digits": inDigitsFrom(0x0966),
    "in Bengali digits": inDigitsFrom(0x09e6),
    "in mathematical digits": inDigitsFrom(0x1d7ce),
    "with a no-break space": `${number}\u00a0`,
    "with a zero-width space": `+44\u200b${national}`,
    "with a word joiner": `+44\u2060${national}`,
    "with a right-to-left mark": `\u200f${number}`,
    "with a soft hyphen": `+44\u00ad${national}`,
    "with a byte order mark": `\ufeff${number}`,
    "with an extension": `${number}x123`,
    "with an extension of RFC 3966": `${number};ext=1`,
    "with an extension after a hash": `${number}#99`,
    "with a subaddress": `${number};isub=1`,
    "with a context": `${national};phone-context=+44`,
    "as a tel: address": `tel:${number}`,
    "with text before it": `call ${number}`,
    "with text after it": `${number} now`,
    "with a trailing NUL": `${number}\0`,
    "with a NUL inside": `+44\u0000${national}`,
    "with a line feed behind it": `${number}\n`,
    "with a line feed before it": `\n${number}`,
    "with a header behind it": `${number}\r\nBcc: x`,
    "with a tab": `${number}\t`,
    "with a vertical tab": `${number}\v`,
    "with a line separator": `${number}\u2028`,
    "with a lone surrogate": `${number}\ud800`,
    "in vanity letters": "+44740FLOWERS",
    "in scientific notation": `4.4${national}e11`,
    "in hexadecimal": "0x682B1A5F40",
    "with a minus": `-44${national}`,
    "with another's dial code folded in": `+440044${national}`,
    "with an apostrophe": `'${number}`,
  };
}
