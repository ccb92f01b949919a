/** `npm start`. Plain JavaScript, so that a Node that is too old to read the rest can say so. */
const OLDEST_NODE = 24;

const [major] = process.versions.node.split(".");
if (Number(major) < OLDEST_NODE) {
  process.stderr.write(
    `Latchkey needs Node ${OLDEST_NODE} or newer; this is v${process.versions.node}. \`npm ci && npm start\` brings its own.\n`,
  );
  process.exit(1);
}
await import("./main.ts");
