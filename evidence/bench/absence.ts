import type { Plugin } from "esbuild";

/** Anything at all: called, made, extended or looked into, it gives more of the same. */
const ANYTHING = `
const anything = new Proxy(function () {}, {
  get: (target, name) => {
    if (typeof name === "symbol") return name === Symbol.toPrimitive ? () => "" : undefined;
    return name === "prototype" ? target.prototype : anything;
  },
  getPrototypeOf: () => anything,
  apply: () => anything,
  construct: () => ({}),
});
module.exports = anything;
`;

/** A bundle in which our own code finds nothing behind these imports: what it then no longer costs is what they cost. */
export function without(packages: RegExp): Plugin {
  return {
    name: "without",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: packages }, ({ importer }) =>
        /[\\/]functions[\\/]/.test(importer)
          ? { path: "anything", namespace: "without" }
          : undefined,
      );
      onLoad({ filter: /.*/, namespace: "without" }, () => ({ contents: ANYTHING }));
    },
  };
}

/** Of an ES module that imports it, Node loads every export of its HTTP client, and with them all of undici. This asks for none. */
export const lazyHttp: Plugin = {
  name: "lazy-http",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?http$/ }, () => ({ path: "http", namespace: "lazy-http" }));
    onLoad({ filter: /.*/, namespace: "lazy-http" }, () => ({
      contents: `module.exports = process.getBuiltinModule("node:http");`,
    }));
  },
};
