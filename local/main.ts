/** `npm start`. The version of Node is asked before anything is loaded that an older one cannot read. */
const OLDEST_NODE = 24;

const [major] = process.versions.node.split(".");
if (Number(major) < OLDEST_NODE) {
  process.stderr.write(
    `Latchkey needs Node ${OLDEST_NODE} or newer; this is ${process.version}. \`npm start\` brings its own.\n`,
  );
  process.exit(1);
}

const { runCommand } = await import("./command.ts");
await runCommand(process.argv.slice(2));
