import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

/**
 * Imports of Twilio's client that are left out. Of its domains `Api` stays, with the requests but without the classes of accounts: twilio-api.ts.
 * Our transport replaces its HTTP client. Dates stay Twilio's text, since no code reads them.
 */
const ABSENT_FROM_TWILIO: readonly { readonly importer: RegExp; readonly path: RegExp }[] = [
  { importer: /twilio[\\/]lib[\\/]rest[\\/]Twilio\.js$/, path: /^\.\/(?!Api$)/ },
  { importer: /twilio[\\/]lib[\\/]rest[\\/]api[\\/]V2010\.js$/, path: /^\.\/v2010\/account$/ },
  { importer: /[\\/]twilio/, path: /\/RequestClient(\.js)?$/ },
  { importer: /twilio[\\/]lib[\\/]base[\\/]\w+\.js$/, path: /^dayjs/ },
];

/** Replaces a class, and a library of dates that parses nothing. */
const ABSENCE = `module.exports = class {
  static extend() {}
  static utc() { return { isValid: () => false }; }
};`;

/**
 * Twilio's official client without the parts that are never called: 60 KB in place of 3.7 MB, and 150 ms less of every cold start. It depends on
 * the layout of the client's files, so a test sends a message through a bundle.
 */
export const slimTwilio: Plugin = {
  name: "slim-twilio",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\/|^dayjs|RequestClient/ }, ({ path, importer }) => {
      const isAbsent = ABSENT_FROM_TWILIO.some(
        (row) => row.importer.test(importer) && row.path.test(path),
      );
      return isAbsent ? { path: "absent", namespace: "slim-twilio" } : undefined;
    });
    onLoad({ filter: /.*/, namespace: "slim-twilio" }, () => ({ contents: ABSENCE }));
  },
};

/**
 * The AWS SDK with the environment as the only source of credentials, where Lambda puts them. Its default chain reads there first, and adds 130
 * KB of sign-in, profile and instance code.
 */
export const credentialsFromEnvironment: Plugin = {
  name: "credentials-from-environment",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ resolveDir }) => ({
      path: "chain",
      namespace: "credentials",
      pluginData: resolveDir,
    }));
    onLoad({ filter: /.*/, namespace: "credentials" }, ({ pluginData: resolveDir }) => ({
      contents: `export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";`,
      resolveDir,
    }));
  },
};

/** Imports of the AWS SDK that are left out: importer and path. */
const ABSENT_FROM_AWS: readonly { readonly importer: RegExp; readonly path: RegExp }[] = [
  { importer: /[\\/]HttpProtocol\.js$/, path: /^@smithy\/core\/event-streams$/ },
  {
    importer: /[\\/]resolveEndpointDiscoveryConfig\.js$/,
    path: /^@aws-sdk\/endpoint-cache$/,
  },
];

/**
 * The AWS SDK without the code for event streams and for endpoint discovery, which no operation here uses. Saves 18 KB or more of every function
 * that has a table.
 */
export const slimAws: Plugin = {
  name: "slim-aws",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /event-streams$|endpoint-cache$/ }, ({ path, importer }) => {
      const isAbsent = ABSENT_FROM_AWS.some(
        (row) => row.importer.test(importer) && row.path.test(path),
      );
      return isAbsent ? { path: "absent", namespace: "slim-aws" } : undefined;
    });
    onLoad({ filter: /.*/, namespace: "slim-aws" }, () => ({
      contents: "export class EndpointCache {}",
    }));
  },
};

/**
 * Inlines the names of keys in the SDK's schemas. `{ [_hH]: x }` might run code, so bundlers keep it with all that it names; `{ "httpHeader": x
 * }` cannot, so unused ones are dropped: 38 KB of Lambda's client.
 */
export const literalKeys: Plugin = {
  name: "literal-keys",
  setup({ onLoad }) {
    onLoad({ filter: /client-lambda[\\/].*[\\/]schemas_\d+\.js$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const strings = new Map(
        Array.from(source.matchAll(/^const (\w+) = ("[^"\\]*");$/gm), ([, name, text]) => [
          name,
          text,
        ]),
      );
      const contents = source.replace(/\[(\w+)\]:/g, (key, name) => {
        const text = strings.get(name);
        return text === undefined ? key : `${text}:`;
      });
      return { contents };
    });
  },
};

/** Packages read only the version from their package.json. */
export const versionsOnly: Plugin = {
  name: "versions-only",
  setup({ onLoad }) {
    onLoad({ filter: /node_modules[\\/].*[\\/]package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, "utf8"));
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
  },
};
