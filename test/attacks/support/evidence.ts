import { decodeJwt } from "jose";
import { expect } from "vitest";
import { type Evidence, leaksIn } from "../../local/support/leaks.ts";

/** All that a system wrote, said and keeps, and the secrets that nothing of it may show. */
export function createEvidence() {
  const texts = new Map<string, string>();
  const codes = new Set<string>();
  const numbers = new Set<string>();
  return {
    /** Each text once: most answers to an attack are the same. */
    add: (where: string, text: string): void => {
      texts.set(withoutProvenNumbers(text).replace(EVERYWHERE, ""), where);
    },
    addCode: (code: string): void => {
      codes.add(code);
    },
    addNumber: (number: string): void => {
      numbers.add(number);
    },
    insistOnNoLeak: (): void => {
      const evidence: Evidence[] = [...texts].map(([text, where]) => ({ where, text }));
      expect(new Set(evidence.map(({ where }) => where.split(" ").at(-1)))).toEqual(
        new Set(["headers", "body", "terminal", "item", "log"]),
      );
      expect(leaksIn(evidence, { codes: [...codes], numbers: [...numbers] })).toEqual([]);
    },
  } as const;
}

/**
 * What tells two answers to the same question apart, ids of requests and moments, and the numbers that are everywhere: the year of HSTS, and which
 * window of time a scope's key is for. Among hundreds of thousands of digits some six would be a code by chance.
 */
const EVERYWHERE =
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b\d{4}-\d\d-\d\dT[\d:.]+Z|(?<!\d)1[7-9]\d{11}(?!\d)|max-age=31536000|(?<=[a-z0-9-]+#[\w-]+)#\d{6,7}/g;

/** The claims of a proof may name the number; nothing else may. */
function withoutProvenNumbers(text: string): string {
  return text.replace(/"proof":"([^"]+)"/g, (_, proof: string) => {
    const { sub: _sub, phone_number: _number, ...rest } = decodeJwt(proof);
    const [header, , signature] = proof.split(".");
    const claims = Buffer.from(JSON.stringify(rest)).toString("base64url");
    return `"proof":"${header}.${claims}.${signature}"`;
  });
}
