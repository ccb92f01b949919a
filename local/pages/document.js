// Draws the diagrams of a page of the documents. Their library is a classic script, which only such pages have.
const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
globalThis.mermaid?.initialize({ startOnLoad: false, theme: isDark ? "dark" : "neutral" });
await globalThis.mermaid?.run({ querySelector: ".mermaid" });
