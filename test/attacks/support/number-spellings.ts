const NUMBER = "+447400123456";

function inDigitsFrom(zero: number): string {
  return NUMBER.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));
}

/**
 * What libraries take for one number, or nearly: most of these are folded into +447400123456 by a parser that is asked with a default country,
 * NUL bytes, extensions and text around it included. None is E.164.
 */
export const NUMBER_SPELLINGS: Readonly<Record<string, string>> = {
  national: "07400123456",
  "without its plus": "447400123456",
  "with spaces": "+44 7400 123456",
  "with dashes": "+44-7400-123456",
  "with dots and brackets": "+44.(7400).123456",
  "with a trunk zero in brackets": "+44 (0)7400 123456",
  "with a trunk zero": "+4407400123456",
  "with an international prefix": "00447400123456",
  "with two pluses": "++447400123456",
  "with a full-width plus": "\uff0b447400123456",
  "in full-width digits": inDigitsFrom(0xff10),
  "in Arabic-Indic digits": inDigitsFrom(0x0660),
  "in extended Arabic digits": inDigitsFrom(0x06f0),
  "in Devanagari digits": inDigitsFrom(0x0966),
  "in Bengali digits": inDigitsFrom(0x09e6),
  "in mathematical digits": inDigitsFrom(0x1d7ce),
  "with a no-break space": `${NUMBER}\u00a0`,
  "with a zero-width space": "+44\u200b7400123456",
  "with a word joiner": "+44\u20607400123456",
  "with a right-to-left mark": `\u200f${NUMBER}`,
  "with a soft hyphen": "+44\u00ad7400123456",
  "with a byte order mark": `\ufeff${NUMBER}`,
  "with an extension": `${NUMBER}x123`,
  "with an extension of RFC 3966": `${NUMBER};ext=1`,
  "with an extension after a hash": `${NUMBER}#99`,
  "with a subaddress": `${NUMBER};isub=1`,
  "with a context": "7400123456;phone-context=+44",
  "as a tel: address": `tel:${NUMBER}`,
  "with text before it": `call ${NUMBER}`,
  "with text after it": `${NUMBER} now`,
  "with a trailing NUL": `${NUMBER}\0`,
  "with a NUL inside": "+44\u00007400123456",
  "with a line feed behind it": `${NUMBER}\n`,
  "with a line feed before it": `\n${NUMBER}`,
  "with a header behind it": `${NUMBER}\r\nBcc: x`,
  "with a tab": `${NUMBER}\t`,
  "with a vertical tab": `${NUMBER}\v`,
  "with a line separator": `${NUMBER}\u2028`,
  "with a lone surrogate": `${NUMBER}\ud800`,
  "in vanity letters": "+44740FLOWERS",
  "in scientific notation": "4.47400123456e11",
  "in hexadecimal": "0x682B1A5F40",
  "with a minus": "-447400123456",
  "with another's dial code folded in": "+4400447400123456",
  "with an apostrophe": `'${NUMBER}`,
};
