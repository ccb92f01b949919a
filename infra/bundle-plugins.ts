import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

/**
 * Imports of packages that are left out, since nothing here calls them. Of the domains of Twilio's client `Api` stays, with the requests but
 * without the classes of accounts (functions/adapters/twilio/api.ts), and our transport replaces its HTTP client.
 * Of the AWS SDK go event streams, endpoint discovery, files of profiles, which Lambda has none of, and what replaces code of Node.
 */
const ABSENT: readonly { readonly importer: RegExp; readonly path: RegExp }[] = [
  { importer: /twilio[\\/]lib[\\/]rest[\\/]Twilio\.js$/, path: /^\.\/(?!Api$)/ },
  { importer: /twilio[\\/]lib[\\/]rest[\\/]api[\\/]V2010\.js$/, path: /^\.\/v2010\/account$/ },
  { importer: /[\\/]twilio/, path: /\/RequestClient(\.js)?$/ },
  { importer: /@aws-sdk|@smithy/, path: /^@smithy\/core\/event-streams$|\/endpoint-cache$/ },
  {
    importer: /[\\/]@smithy[\\/]/,
    path: /\/(?:AdaptiveRetryStrategy|Sha256Js|HeaderFormatter|getInstanceMetadataRegion|service-customizations|loadSharedConfigFiles)$/,
  },
];

const ABSENCE = `module.exports = class Absent {
  static EndpointCache = Absent;
  static HeaderFormatter = Absent;
  static resolveEventStreamSerdeConfig(config) { return config; }
  static async loadSharedConfigFiles() { return { configFile: {}, credentialsFile: {} }; }
};`;

/**
 * Twilio's official client in 60 KB in place of 3.7 MB, and 150 ms less of every cold start, and 30 KB less of the AWS SDK. It depends on the
 * layout of their files, so tests send a message through a bundle and name what no bundle holds.
 */
export const leavingOut: Plugin = {
  name: "leaving-out",
  setup({ onResolve, onLoad }) {
    onResolve(
      { filter: /^\.|RequestClient|event-streams$|endpoint-cache$/ },
      ({ path, importer }) => {
        const isAbsent = ABSENT.some((row) => row.importer.test(importer) && row.path.test(path));
        return isAbsent ? { path: "absent", namespace: "leaving-out" } : undefined;
      },
    );
    onLoad({ filter: /.*/, namespace: "leaving-out" }, () => ({ contents: ABSENCE }));
  },
};

/** Errors of AWS that the code distinguishes. The SDK makes the rest of the service's base error, with their own name and message. */
const REGISTERED = "ConditionalCheckFailedException";

type Rewrite = { readonly files: RegExp; readonly rewritten: (source: string) => string };

/** Files of packages that bundles hold in another form. */
export const REWRITES: readonly Rewrite[] = [
  /**
   * The SDK's schemas, with names of keys inlined and one error. `{ [_hH]: x }` might run code, so bundlers keep it with all that it names; `{
   * "httpHeader": x }` cannot, so unused ones are dropped. With the errors that is 65 KB of a check.
   */
  {
    files: /client-[\w-]+[\\/].*[\\/]schemas_\d+\.js$/,
    rewritten(source) {
      const found = source.matchAll(/^const (\w+) = ("[^"\\]*");$/gm);
      const strings = new Map(Array.from(found, ([, name, text]) => [name, text]));
      return source
        .replace(/\[(\w+)\](?=:)/g, (key, name) => strings.get(name) ?? key)
        .replace(/^n0_registry\.registerError\(\w+\$, (\w+)\);$/gm, (line, error) =>
          error === REGISTERED ? line : "",
        );
    },
  },
  /** Phone metadata as JSON, of which a country is parsed once it is asked for: as code it is 2 ms of every cold start, as one text 1 ms. */
  {
    files: /libphonenumber-js[\\/]metadata\.mobile\.json\.js$/,
    rewritten(source) {
      const { countries, ...rest } = JSON.parse(
        source.slice(source.indexOf("{"), source.lastIndexOf("}") + 1),
      );
      const texts = Object.entries(countries).map(([name, one]) => [name, JSON.stringify(one)]);
      return `export default { ...${JSON.stringify(rest)}, countries: new Proxy(
          ${JSON.stringify(Object.fromEntries(texts))},
          { get: (all, name) => typeof all[name] === "string" ? (all[name] = JSON.parse(all[name])) : all[name] },
        ) };`;
    },
  },
  /** Node's own UUIDs and hexadecimal: the SDK's load all of Web Crypto, and fill two tables. */
  {
    files: /[\\/]serde[\\/](?:uuid[\\/]v4|util-hex-encoding[\\/]hex-encoding)\.js$/,
    rewritten: () =>
      `import { randomUUID } from "node:crypto";
      export const bindV4 = () => () => randomUUID();
      export const fromHex = (text) => new Uint8Array(Buffer.from(text, "hex"));
      export const toHex = (bytes) => Buffer.from(bytes).toString("hex");`,
  },
  /**
   * The environment as the only source of credentials, where Lambda puts them. The SDK's chain reads there first, and adds 130 KB of sign-in, profile
   * and instance code.
   */
  {
    files: /credential-provider-node[\\/]dist-es[\\/]index\.js$/,
    rewritten: () =>
      `export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";`,
  },
  /** Packages read only the version from their package.json. */
  {
    files: /node_modules[\\/].*[\\/]package\.json$/,
    rewritten: (source) => JSON.stringify({ version: JSON.parse(source).version }),
  },
];

export const leanPackages: Plugin = {
  name: "lean-packages",
  setup({ onLoad }) {
    for (const { files, rewritten } of REWRITES)
      onLoad({ filter: files }, async ({ path }) => {
        return { contents: rewritten(await readFile(path, "utf8")), loader: "default" };
      });
  },
};
