import { ENGLISH, type Texts } from "./texts.ts";

/** The locales of the messages, but for English, which is inside. Each is a file of its own, loaded when it is wanted. */
export const LOCALES = [
  ..."ar bg bn cs cy da de el en-US es et fa fi fr ga he hi hu id it ja ko lt lv nb nl pa pl".split(
    " ",
  ),
  ..."pt-BR pt-PT ro ru sk sv ta th tr uk ur vi zh-Hans zh-Hant".split(" "),
];

/** Where the bare language means another than itself. */
const ALIASES: Readonly<Record<string, string>> = {
  no: "nb",
  nn: "nb",
  pt: "pt-PT",
  iw: "he",
  in: "id",
};

const RIGHT_TO_LEFT = ["ar", "fa", "he", "ur"];

/** Which of our locales speaks best to a reader of `tag` (BCP 47); `en-GB` where none does. */
export function nearestLocale(tag: string): string {
  const wanted = parsed(tag);
  if (wanted === undefined) return "en-GB";
  const { language, script } = wanted.maximize();
  const candidates = [
    `${language}-${wanted.region}`,
    `${language}-${script}`,
    language,
    ALIASES[language],
  ];
  return candidates.find((name) => name !== undefined && LOCALES.includes(name)) ?? "en-GB";
}

function parsed(tag: string): Intl.Locale | undefined {
  try {
    return new Intl.Locale(tag);
  } catch {
    return undefined;
  }
}

export function directionOf(locale: string): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.includes(locale) ? "rtl" : "ltr";
}

/** The texts of one of our locales; English where the file does not come. */
export async function textsOf(locale: string): Promise<Texts> {
  if (!LOCALES.includes(locale)) return ENGLISH;
  try {
    const { texts }: { readonly texts: Partial<Texts> } = await import(
      `./locales/${locale.toLowerCase()}.ts`
    );
    return { ...ENGLISH, ...texts };
  } catch {
    return ENGLISH;
  }
}

/** `4:09`, in the digits of the locale. */
export function clock(seconds: number, locale: string): string {
  const minutes = new Intl.NumberFormat(locale).format(Math.floor(seconds / 60));
  const rest = new Intl.NumberFormat(locale, { minimumIntegerDigits: 2 }).format(seconds % 60);
  return `${minutes}:${rest}`;
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** `in 24 seconds`, `in 3 minutes`. Rounded up, so that nobody comes back too early. */
export function fromNow(seconds: number, locale: string): string {
  const [unit, size] =
    UNITS.find(([, length]) => seconds >= 2 * length) ?? (["second", 1] as const);
  return new Intl.RelativeTimeFormat(locale).format(Math.ceil(seconds / size), unit);
}

/** The countries by name, as the reader calls and sorts them. */
export function namesOf(
  countries: readonly string[],
  locale: string,
): readonly { readonly country: string; readonly name: string }[] {
  const names = new Intl.DisplayNames(locale, { type: "region", fallback: "code" });
  return countries
    .map((country) => ({ country, name: nameOf(names, country) }))
    .sort((one, other) => one.name.localeCompare(other.name, locale));
}

function nameOf(names: Intl.DisplayNames, country: string): string {
  try {
    return names.of(country) ?? country;
  } catch {
    return country;
  }
}
