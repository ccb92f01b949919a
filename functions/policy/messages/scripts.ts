import type { VoiceTexts } from "./texts.ts";
import type { SpokenLocale } from "./voices.ts";

const english = {
  code: "Your code is:",
  again: "Once more, your code is:",
  warning: "Never share it, not even with us.",
  goodbye: "Goodbye.",
} as const;

/** The prompt of a call after the key press. */
export const SCRIPTS: Readonly<Record<SpokenLocale, VoiceTexts>> = {
  "en-GB": english,
  "en-US": english,
  cy: {
    code: "Eich cod yw:",
    again: "Unwaith eto, eich cod yw:",
    warning: "Cadwch y cod yn gyfrinach rhag pawb.",
    goodbye: "Hwyl fawr.",
  },
  fr: {
    code: "Votre code est :",
    again: "Je répète, votre code est :",
    warning: "Ne le communiquez à personne.",
    goodbye: "Au revoir.",
  },
  de: {
    code: "Ihr Code lautet:",
    again: "Noch einmal, Ihr Code lautet:",
    warning: "Geben Sie ihn nie weiter, auch nicht an uns.",
    goodbye: "Auf Wiederhören.",
  },
  es: {
    code: "Su clave es:",
    again: "Repetimos, su clave es:",
    warning: "No la comparta con nadie.",
    goodbye: "Adiós.",
  },
  it: {
    code: "Il suo codice è:",
    again: "Ripetiamo, il suo codice è:",
    warning: "Non lo comunichi a nessuno, neanche a noi.",
    goodbye: "Arrivederci.",
  },
  "pt-PT": {
    code: "O seu código é:",
    again: "Repetimos, o seu código é:",
    warning: "Não o partilhe com ninguém.",
    goodbye: "Até breve.",
  },
  "pt-BR": {
    code: "O seu código é:",
    again: "Repetindo, o seu código é:",
    warning: "Não compartilhe com ninguém.",
    goodbye: "Até logo.",
  },
  nl: {
    code: "Uw code is:",
    again: "Nogmaals, uw code is:",
    warning: "Deel de code met niemand.",
    goodbye: "Tot ziens.",
  },
  pl: {
    code: "Kod to:",
    again: "Powtarzam, kod to:",
    warning: "Proszę nikomu go nie podawać.",
    goodbye: "Do widzenia.",
  },
  ro: {
    code: "Codul dumneavoastră este:",
    again: "Repetăm, codul dumneavoastră este:",
    warning: "Nu îl comunicați nimănui.",
    goodbye: "La revedere.",
  },
  cs: {
    code: "Váš kód je:",
    again: "Opakujeme, váš kód je:",
    warning: "S nikým ho nesdílejte.",
    goodbye: "Na shledanou.",
  },
  sk: {
    code: "Váš kód je:",
    again: "Opakujeme, váš kód je:",
    warning: "S nikým ho nezdieľajte.",
    goodbye: "Dovidenia.",
  },
  hu: {
    code: "Az Ön kódja:",
    again: "Még egyszer, az Ön kódja:",
    warning: "Ne adja meg senkinek.",
    goodbye: "Viszonthallásra.",
  },
  bg: {
    code: "Вашият код е:",
    again: "Повтаряме, вашият код е:",
    warning: "Не го споделяйте с никого.",
    goodbye: "Довиждане.",
  },
  el: {
    code: "Ο κωδικός σας είναι:",
    again: "Επαναλαμβάνουμε, ο κωδικός σας είναι:",
    warning: "Μην τον δώσετε σε κανέναν.",
    goodbye: "Αντίο σας.",
  },
  tr: {
    code: "Kodunuz:",
    again: "Tekrar ediyoruz, kodunuz:",
    warning: "Kimseyle paylaşmayın.",
    goodbye: "Hoşça kalın.",
  },
  uk: {
    code: "Ваш код:",
    again: "Повторюємо, ваш код:",
    warning: "Нікому його не повідомляйте.",
    goodbye: "До побачення.",
  },
  ru: {
    code: "Ваш код:",
    again: "Повторяем, ваш код:",
    warning: "Никому его не сообщайте.",
    goodbye: "До свидания.",
  },
  lt: {
    code: "Jūsų kodas:",
    again: "Kartojame, jūsų kodas:",
    warning: "Niekam jo neatskleiskite.",
    goodbye: "Viso gero.",
  },
  lv: {
    code: "Jūsu kods ir:",
    again: "Atkārtojam, jūsu kods ir:",
    warning: "Neizpaudiet to nevienam.",
    goodbye: "Uz redzēšanos.",
  },
  sv: {
    code: "Din kod är:",
    again: "En gång till, din kod är:",
    warning: "Dela den aldrig med någon.",
    goodbye: "Hej då.",
  },
  da: {
    code: "Din kode er:",
    again: "En gang til, din kode er:",
    warning: "Del den aldrig med nogen.",
    goodbye: "Farvel.",
  },
  nb: {
    code: "Koden din er:",
    again: "En gang til, koden din er:",
    warning: "Del den aldri med noen.",
    goodbye: "Ha det bra.",
  },
  fi: {
    code: "Koodisi on:",
    again: "Toistamme, koodisi on:",
    warning: "Älä kerro sitä kenellekään.",
    goodbye: "Kuulemiin.",
  },
  ar: {
    code: "الرمز هو:",
    again: "مرة أخرى، الرمز هو:",
    warning: "يرجى عدم مشاركته مع أحد.",
    goodbye: "مع السلامة.",
  },
  he: {
    code: "הקוד הוא:",
    again: "שוב, הקוד הוא:",
    warning: "אין לשתף אותו עם איש.",
    goodbye: "להתראות.",
  },
  // Calls in Urdu speak this too, so its words are those that both languages share.
  hi: {
    code: "आपका कोड है:",
    again: "एक बार फिर, आपका कोड है:",
    warning: "इसे किसी को न बताएँ।",
    goodbye: "शुक्रिया।",
  },
  bn: {
    code: "আপনার কোড হলো:",
    again: "আবার বলছি, আপনার কোড হলো:",
    warning: "এটি কাউকে জানাবেন না।",
    goodbye: "ধন্যবাদ।",
  },
  pa: {
    code: "ਤੁਹਾਡਾ ਕੋਡ ਹੈ:",
    again: "ਇੱਕ ਵਾਰ ਫਿਰ, ਤੁਹਾਡਾ ਕੋਡ ਹੈ:",
    warning: "ਇਹ ਕਿਸੇ ਨੂੰ ਨਾ ਦੱਸੋ।",
    goodbye: "ਧੰਨਵਾਦ।",
  },
  ta: {
    code: "உங்கள் குறியீடு:",
    again: "மீண்டும், உங்கள் குறியீடு:",
    warning: "யாரிடமும் பகிர வேண்டாம்.",
    goodbye: "நன்றி.",
  },
  "zh-Hans": {
    code: "您的验证码是：",
    again: "重复一遍，您的验证码是：",
    warning: "请勿告诉任何人。",
    goodbye: "再见。",
  },
  "zh-Hant": {
    code: "您的驗證碼是：",
    again: "重複一遍，您的驗證碼是：",
    warning: "請勿告訴任何人。",
    goodbye: "再見。",
  },
  ja: {
    code: "認証コードは次のとおりです。",
    again: "繰り返します。認証コードは次のとおりです。",
    warning: "誰にも教えないでください。",
    goodbye: "失礼いたします。",
  },
  ko: {
    code: "인증번호는 다음과 같습니다.",
    again: "다시 한번 알려 드립니다. 인증번호는 다음과 같습니다.",
    warning: "타인에게 알려 주지 마세요.",
    goodbye: "감사합니다.",
  },
  vi: {
    code: "Mã của quý khách là:",
    again: "Xin nhắc lại, mã của quý khách là:",
    warning: "Không chia sẻ mã này với ai.",
    goodbye: "Xin cảm ơn.",
  },
  id: {
    code: "Kode Anda adalah:",
    again: "Sekali lagi, kode Anda adalah:",
    warning: "Jangan berikan kepada siapa pun.",
    goodbye: "Terima kasih.",
  },
  th: {
    code: "รหัสของคุณคือ",
    again: "ทวนอีกครั้ง รหัสของคุณคือ",
    warning: "ห้ามบอกผู้อื่น",
    goodbye: "ขอบคุณ",
  },
};
