// Draws each diagram of a page of the documents when a person comes near it: the library is large. It puts itself into the scope of classic scripts.

const scheme = matchMedia("(prefers-color-scheme: dark)");
let loaded;

function load() {
  loaded ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "/pages/mermaid.js";
    script.addEventListener("load", resolve);
    script.addEventListener("error", reject);
    document.head.append(script);
  }).then(() =>
    globalThis.mermaid.initialize({
      startOnLoad: false,
      theme: scheme.matches ? "dark" : "neutral",
    }),
  );
  return loaded;
}

const observer = new IntersectionObserver(async (entries) => {
  const nodes = entries.filter((entry) => entry.isIntersecting).map(({ target }) => target);
  if (nodes.length === 0) return;
  for (const node of nodes) observer.unobserve(node);
  await load();
  await globalThis.mermaid.run({ nodes });
});
for (const diagram of document.querySelectorAll(".mermaid")) observer.observe(diagram);
