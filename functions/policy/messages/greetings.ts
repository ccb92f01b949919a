import { greeting as ar } from "./ar.ts";
import { greeting as bg } from "./bg.ts";
import { greeting as bn } from "./bn.ts";
import { greeting as cs } from "./cs.ts";
import { greeting as cy } from "./cy.ts";
import { greeting as da } from "./da.ts";
import { greeting as de } from "./de.ts";
import { greeting as el } from "./el.ts";
import { greeting as enGb } from "./en-gb.ts";
import { greeting as enUs } from "./en-us.ts";
import { greeting as es } from "./es.ts";
import { greeting as fi } from "./fi.ts";
import { greeting as fr } from "./fr.ts";
import { greeting as he } from "./he.ts";
import { greeting as hi } from "./hi.ts";
import { greeting as hu } from "./hu.ts";
import { greeting as id } from "./id.ts";
import { greeting as it } from "./it.ts";
import { greeting as ja } from "./ja.ts";
import { greeting as ko } from "./ko.ts";
import { greeting as lt } from "./lt.ts";
import { greeting as lv } from "./lv.ts";
import { greeting as nb } from "./nb.ts";
import { greeting as nl } from "./nl.ts";
import { greeting as pa } from "./pa.ts";
import { greeting as pl } from "./pl.ts";
import { greeting as ptBr } from "./pt-br.ts";
import { greeting as ptPt } from "./pt-pt.ts";
import { greeting as ro } from "./ro.ts";
import { greeting as ru } from "./ru.ts";
import { greeting as sk } from "./sk.ts";
import { greeting as sv } from "./sv.ts";
import { greeting as ta } from "./ta.ts";
import { greeting as th } from "./th.ts";
import { greeting as tr } from "./tr.ts";
import { greeting as uk } from "./uk.ts";
import { greeting as vi } from "./vi.ts";
import type { SpokenLocale } from "./voices.ts";
import { greeting as zhHans } from "./zh-hans.ts";
import { greeting as zhHant } from "./zh-hant.ts";

/** The prompt of a call before the key press, with {brand}. It holds no secret. */
export const GREETINGS: Readonly<Record<SpokenLocale, string>> = {
  "en-GB": enGb,
  "en-US": enUs,
  cy,
  fr,
  de,
  es,
  it,
  "pt-PT": ptPt,
  "pt-BR": ptBr,
  nl,
  pl,
  ro,
  cs,
  sk,
  hu,
  bg,
  el,
  tr,
  uk,
  ru,
  lt,
  lv,
  sv,
  da,
  nb,
  fi,
  ar,
  he,
  hi,
  bn,
  pa,
  ta,
  "zh-Hans": zhHans,
  "zh-Hant": zhHant,
  ja,
  ko,
  vi,
  id,
  th,
};
