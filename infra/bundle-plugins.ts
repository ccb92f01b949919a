import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

/**
 * Which imports of Twilio's client are left out. Of its domains `Api` stays, and of that the requests without the classes of
 * accounts: twilio-api.ts. Our own
 * transport takes the place of its HTTP client. Dates stay the text that Twilio sent: no code reads them.
 */
const ABSENT_FROM_TWILIO: readonly { readonly importer: RegExp; readonly path: RegExp }[] = [
  { importer: /twilio[\\/]lib[\\/]rest[\\/]Twilio\.js$/, path: /^\.\/(?!Api$)/ },
  { importer: /twilio[\\/]lib[\\/]rest[\\/]api[\\/]V2010\.js$/, path: /^\.\/v2010\/account$/ },
  { importer: /[\\/]twilio/, path: /\/RequestClient(\.js)?$/ },
  { importer: /twilio[\\/]lib[\\/]base[\\/]\w+\.js$/, path: /^dayjs/ },
];

/** Stands for a class, and for a library of dates to which no text is a date. */
const ABSENCE = `module.exports = class {
  static extend() {}
  static utc() { return { isValid: () => false }; }
};`;

/**
 * The official client of Twilio, without what we never call: 3.7 MB become 60 KB, and 150 ms of every cold start go away.
 * It leans on the layout of the client's files, so a test sends a message through a bundle.
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
 * The AWS SDK with one source of credentials, the environment, where Lambda puts them. Its default chain asks there first, and brings
 * sign-in, profile and instance code for 130 KB behind it.
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

/** Which imports of the AWS SDK are left out: by whom, and of what. */
const ABSENT_FROM_AWS: readonly { readonly importer: RegExp; readonly path: RegExp }[] = [
  { importer: /[\\/]HttpProtocol\.js$/, path: /^@smithy\/core\/event-streams$/ },
  {
    importer: /[\\/]resolveEndpointDiscoveryConfig\.js$/,
    path: /^@aws-sdk\/endpoint-cache$/,
  },
];

/**
 * The AWS SDK without what it brings for operations that none of ours is: answers that are streams of events, and a cache of endpoints that
 * DynamoDB's client fills where endpoint discovery is switched on. 18 KB or more of every function that has a table.
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
 * The schemas of the SDK with the names of their keys in place. `{ [_hH]: x }` might run code and stays with all that it names;
 * `{ "httpHeader": x }` cannot and is dropped where it is unused: 38 KB of Lambda's client beside the call that invokes.
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

/** Packages ask their package.json for their version only. */
export const versionsOnly: Plugin = {
  name: "versions-only",
  setup({ onLoad }) {
    onLoad({ filter: /node_modules[\\/].*[\\/]package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, "utf8"));
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
  },
};
