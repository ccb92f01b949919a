import { sms as ar } from "./ar.ts";
import { sms as bg } from "./bg.ts";
import { sms as bn } from "./bn.ts";
import { sms as cs } from "./cs.ts";
import { sms as cy } from "./cy.ts";
import { sms as da } from "./da.ts";
import { sms as de } from "./de.ts";
import { sms as el } from "./el.ts";
import { sms as enGb } from "./en-gb.ts";
import { sms as enUs } from "./en-us.ts";
import { sms as es } from "./es.ts";
import { sms as et } from "./et.ts";
import { sms as fa } from "./fa.ts";
import { sms as fi } from "./fi.ts";
import { sms as fr } from "./fr.ts";
import { sms as ga } from "./ga.ts";
import { sms as he } from "./he.ts";
import { sms as hi } from "./hi.ts";
import { sms as hu } from "./hu.ts";
import { sms as id } from "./id.ts";
import { sms as it } from "./it.ts";
import { sms as ja } from "./ja.ts";
import { sms as ko } from "./ko.ts";
import type { Locale } from "./locales.ts";
import { sms as lt } from "./lt.ts";
import { sms as lv } from "./lv.ts";
import { sms as nb } from "./nb.ts";
import { sms as nl } from "./nl.ts";
import { sms as pa } from "./pa.ts";
import { sms as pl } from "./pl.ts";
import { sms as ptBr } from "./pt-br.ts";
import { sms as ptPt } from "./pt-pt.ts";
import { sms as ro } from "./ro.ts";
import { sms as ru } from "./ru.ts";
import { sms as sk } from "./sk.ts";
import { sms as sv } from "./sv.ts";
import { sms as ta } from "./ta.ts";
import type { SmsTexts } from "./texts.ts";
import { sms as th } from "./th.ts";
import { sms as tr } from "./tr.ts";
import { sms as uk } from "./uk.ts";
import { sms as ur } from "./ur.ts";
import { sms as vi } from "./vi.ts";
import { sms as zhHans } from "./zh-hans.ts";
import { sms as zhHant } from "./zh-hant.ts";

/** The texts of an SMS. */
export const SMS_TEXTS: Readonly<Record<Locale, SmsTexts>> = {
  "en-GB": enGb,
  "en-US": enUs,
  cy,
  ga,
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
  et,
  sv,
  da,
  nb,
  fi,
  ar,
  he,
  fa,
  ur,
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
