import { globSync } from "node:fs";
import { join } from "node:path";

/** The files that are mutated together, and the tests that must find each mutant. */
export type Group = {
  /** Globs of source files. */
  readonly mutate: readonly string[];
  /** Globs of those that are left out. */
  readonly except?: readonly string[];
  /** Globs of test files, below `test/`. */
  readonly tests: readonly string[];
};

/**
 * Only tests that are the same twice: random ones (properties, races, fuzz) would find a mutant today and miss it tomorrow. Left out of each group
 * is what has no branch: tables of data, and files of types.
 */
export const GROUPS: Readonly<Record<string, Group>> = {
  verification: {
    mutate: ["functions/verification/**/*.ts"],
    tests: [
      "unit/verification/**/*.test.ts",
      "unit/operator/block.test.ts",
      "unit/policy.test.ts",
      "contract/memory.test.ts",
    ],
  },
  policy: {
    mutate: ["functions/policy/*.ts", "functions/policy/messages/locales.ts"],
    // Prices, alphabets, plans and blocks of numbers are read, not run, as are the texts of messages; tests hold them to their sources.
    except: [
      "functions/policy/prices.ts",
      "functions/policy/segments.ts",
      "functions/policy/special-numbers.ts",
      "functions/policy/*.generated.ts",
    ],
    tests: [
      "unit/policy.test.ts",
      "unit/verification/!(message-texts|voice-script|code|phone-policy-*).test.ts",
      "contract/memory.test.ts",
    ],
  },
  http: {
    mutate: ["functions/http/**/*.ts"],
    tests: ["unit/http/**/*.test.ts", "unit/adapters/twilio-wire.test.ts"],
  },
  adapters: {
    mutate: ["functions/adapters/!(dynamodb)/*.ts"],
    tests: ["unit/adapters/**/*.test.ts", "unit/http/callbacks.test.ts", "unit/sending.test.ts"],
  },
  dynamodb: {
    mutate: ["functions/adapters/dynamodb/*.ts"],
    tests: [
      "contract/stores.test.ts",
      "contract/lost-answers.test.ts",
      "cli/operate.test.ts",
      "unit/adapters/aws-client.test.ts",
    ],
  },
};

/** The files of a group, by their paths in the project. */
export function filesOf({ mutate, except = [] }: Group): readonly string[] {
  const cwd = join(import.meta.dirname, "../..");
  return globSync([...mutate], { cwd, exclude: [...except] }).sort();
}
