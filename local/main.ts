/** Reads nothing but what Node brings before it knows that the packages are there. */
const { runCommand } = await import("./command.ts").catch((fault: unknown) => {
  if (!isMissingPackage(fault)) throw fault;
  process.stderr.write(`${fault.message.split("\n")[0]}. \`npm ci\` brings all packages.\n`);
  process.exit(1);
});
await runCommand(process.argv.slice(2));

function isMissingPackage(fault: unknown): fault is Error {
  return fault instanceof Error && "code" in fault && fault.code === "ERR_MODULE_NOT_FOUND";
}
