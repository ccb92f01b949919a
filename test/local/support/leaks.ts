import { decodeJwt } from "jose";

/** One thing that a secret might have got into. */
export type Evidence = { readonly where: string; readonly text: string };

/** What nobody but the handset may tell: codes, and numbers in E.164. */
export type Secrets = { readonly codes: readonly string[]; readonly numbers: readonly string[] };

/** Encodings may lie in each other: a claim in a token in a text in a log line. */
const DEPTH = 3;

/** Where a secret shows, in whatever spelling; empty where nothing leaks. A code is told as its first digit, a number as its last two. */
export function leaksIn(evidence: readonly Evidence[], secrets: Secrets): readonly string[] {
  const sought = {
    codes: needlesOf(secrets.codes, (code) => `code ${code.slice(0, 1)}…`),
    numbers: needlesOf(
      secrets.numbers.map(subscriberOf),
      (number) => `number …${number.slice(-2)}`,
    ),
  };
  return evidence.flatMap(({ where, text }) => {
    const views = [...viewsOf(text, DEPTH)];
    const found = new Set(views.flatMap((view) => [...secretsIn(view, sought), ...keysIn(view)]));
    return [...found].map((secret) => `${where}: ${secret}`);
  });
}

/** The same evidence, with the claims of proofs that may name the number taken out of them. */
export function withoutProvenNumbers(evidence: readonly Evidence[]): readonly Evidence[] {
  return evidence.map(({ where, text }) => ({
    where,
    text: text.replace(/"proof":"([^"]+)"/g, (_, proof: string) => {
      const { sub: _sub, phone_number: _number, ...rest } = decodeJwt(proof);
      const [header, , signature] = proof.split(".");
      const claims = Buffer.from(JSON.stringify(rest)).toString("base64url");
      return `"proof":"${header}.${claims}.${signature}"`;
    }),
  }));
}

/** Texts that are looked for, forwards and backwards, by their length, with what to call each. */
type Needles = ReadonlyMap<number, ReadonlyMap<string, string>>;

function needlesOf(texts: readonly string[], nameOf: (text: string) => string): Needles {
  const byLength = new Map<number, Map<string, string>>();
  for (const text of texts) {
    const alike = byLength.get(text.length) ?? new Map<string, string>();
    byLength.set(text.length, alike.set(text, nameOf(text)).set(reversed(text), nameOf(text)));
  }
  return byLength;
}

/** As a person at home writes it, without the trunk zero; all digits of one from elsewhere. */
function subscriberOf(number: string): string {
  return number.replace(/^\+(?:44)?/, "");
}

/** A look-up for each place of each run of digits: an evening's logs hold some thousand secrets. */
function namesIn(run: string, needles: Needles): readonly string[] {
  return [...needles].flatMap(([length, alike]) =>
    Array.from({ length: Math.max(0, run.length - length + 1) }, (_, at) =>
      alike.get(run.slice(at, at + length)),
    ).filter((name) => name !== undefined),
  );
}

/** API keys of back ends, by their form: wherever one shows but where it was made, it leaks. */
function keysIn(view: string): readonly string[] {
  return (view.match(/latchkey_[0-9a-f]{64}/g) ?? []).map((key) => `API key ${key.slice(0, 13)}…`);
}

function secretsIn(
  view: string,
  { codes, numbers }: { readonly codes: Needles; readonly numbers: Needles },
): readonly string[] {
  // Letters around a code do not hide it; more digits make it part of a time or an identifier, which is looked at whole below.
  const runs =
    view
      .replace(IDENTIFIERS, " ")
      .replace(TIMES, " ")
      .match(/\d{6,}/g) ?? [];
  const digits = view.replace(IDENTIFIERS, " ").replace(/(?<=\d)[\s().-]+(?=\d)/g, "");
  return [
    ...runs.flatMap((run) => namesIn(run, codes)),
    ...(digits.match(/\d+/g) ?? []).flatMap((run) => namesIn(run, numbers)),
  ];
}

/** Random identifiers, some of which have six digits in a row by chance: UUIDs, and Twilio's. */
const IDENTIFIERS =
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b[A-Z]{2}[0-9a-f]{32}\b/g;
/** Unix time in seconds or milliseconds, until 2033, with its fraction. */
const TIMES = /(?<!\d)1[7-9]\d{8}(?:\d{3})?(?!\d)(?:\.\d+)?/g;

/** A text as it is, and as everything that it might be the spelling of. */
function viewsOf(text: string, depth: number): Set<string> {
  const views = new Set([text]);
  if (depth === 0) return views;
  for (const decoded of decodingsOf(text)) {
    if (decoded === text || decoded.length < SHORTEST_SECRET) continue;
    for (const view of viewsOf(decoded, depth - 1)) views.add(view);
  }
  return views;
}

const SHORTEST_SECRET = 6;

function decodingsOf(text: string): readonly string[] {
  return [percentDecoded(text), unescaped(text), ...base64In(text), ...hexIn(text)];
}

function percentDecoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** Of JSON and of HTML. */
function unescaped(text: string): string {
  return text
    .replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
    .replace(/&#(\d+);/g, (_, decimal: string) => String.fromCharCode(Number(decimal)))
    .replaceAll('\\"', '"');
}

/** Each run of base64 or base64url, parts of a JWT included, from each of the places where its first byte may lie. */
function base64In(text: string): readonly string[] {
  return (text.match(/[A-Za-z0-9+/_-]{8,}/g) ?? []).flatMap((run) =>
    [0, 1, 2, 3].map((start) => Buffer.from(run.slice(start), "base64").toString("latin1")),
  );
}

function hexIn(text: string): readonly string[] {
  return (text.match(/(?:[0-9a-f]{2}){6,}/gi) ?? []).flatMap((run) =>
    [0, 1].map((start) => Buffer.from(run.slice(start), "hex").toString("latin1")),
  );
}

function reversed(text: string): string {
  return [...text].reverse().join("");
}
