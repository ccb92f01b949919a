import { script as ar } from "./ar.ts";
import { script as bg } from "./bg.ts";
import { script as bn } from "./bn.ts";
import { script as cs } from "./cs.ts";
import { script as cy } from "./cy.ts";
import { script as da } from "./da.ts";
import { script as de } from "./de.ts";
import { script as el } from "./el.ts";
import { script as enGb } from "./en-gb.ts";
import { script as enUs } from "./en-us.ts";
import { script as es } from "./es.ts";
import { script as fi } from "./fi.ts";
import { script as fr } from "./fr.ts";
import { script as he } from "./he.ts";
import { script as hi } from "./hi.ts";
import { script as hu } from "./hu.ts";
import { script as id } from "./id.ts";
import { script as it } from "./it.ts";
import { script as ja } from "./ja.ts";
import { script as ko } from "./ko.ts";
import { script as lt } from "./lt.ts";
import { script as lv } from "./lv.ts";
import { script as nb } from "./nb.ts";
import { script as nl } from "./nl.ts";
import { script as pa } from "./pa.ts";
import { script as pl } from "./pl.ts";
import { script as ptBr } from "./pt-br.ts";
import { script as ptPt } from "./pt-pt.ts";
import { script as ro } from "./ro.ts";
import { script as ru } from "./ru.ts";
import { script as sk } from "./sk.ts";
import { script as sv } from "./sv.ts";
import { script as ta } from "./ta.ts";
import type { VoiceTexts } from "./texts.ts";
import { script as th } from "./th.ts";
import { script as tr } from "./tr.ts";
import { script as uk } from "./uk.ts";
import { script as vi } from "./vi.ts";
import type { SpokenLocale } from "./voices.ts";
import { script as zhHans } from "./zh-hans.ts";
import { script as zhHant } from "./zh-hant.ts";

/** The prompt of a call after the key press. */
export const SCRIPTS: Readonly<Record<SpokenLocale, VoiceTexts>> = {
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
