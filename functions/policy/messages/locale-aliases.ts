import type { Locale } from "./locales.ts";

/**
 * Language ranges, in lower case, that mean a locale which is not written like them. What is not here is cut from its end until something fits
 * (RFC 4647 §3.4). A test holds the regions against Unicode's CLDR, as Node has it.
 */
export const LOCALE_ALIASES: Readonly<Record<string, Locale | "none">> = {
  /** Codes of ISO 639 that were withdrawn, and that Android and Java still send. */
  iw: "he",
  in: "id",
  mo: "ro",
  /** Norwegian. Whoever reads Nynorsk reads Bokmål. */
  no: "nb",
  nn: "nb",
  /** Regions that write as Portugal does (parent locales of CLDR). */
  "pt-ao": "pt-PT",
  "pt-ch": "pt-PT",
  "pt-cv": "pt-PT",
  "pt-fr": "pt-PT",
  "pt-gq": "pt-PT",
  "pt-gw": "pt-PT",
  "pt-lu": "pt-PT",
  "pt-mo": "pt-PT",
  "pt-mz": "pt-PT",
  "pt-st": "pt-PT",
  "pt-tl": "pt-PT",
  /** Which way regions write Chinese, and Chinese by the names of its languages. */
  "zh-cn": "zh-Hans",
  "zh-my": "zh-Hans",
  "zh-sg": "zh-Hans",
  "zh-tw": "zh-Hant",
  "zh-hk": "zh-Hant",
  "zh-mo": "zh-Hant",
  "zh-yue": "zh-Hant",
  yue: "zh-Hant",
  "yue-hans": "zh-Hans",
  "yue-cn": "zh-Hans",
  cmn: "zh-Hans",
  "cmn-tw": "zh-Hant",
  "cmn-hant": "zh-Hant",
  /** Punjabi in Pakistan is not written in the letters of ours. */
  "pa-pk": "none",
  "pa-arab": "none",
};
