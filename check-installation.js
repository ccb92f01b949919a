/**
 * Loaded before every command of package.json (`node --import`). Ends it with one sentence where Node has another major version than .nvmrc, or where
 * a package of package-lock.json for this platform is not installed: npm leaves out an optional package whose bytes do not match its hash,
 * and reports success. One sentence also ends it where latchkey.config.ts cannot be loaded. Plain JavaScript, so that an older Node can run it.
 */
import { readFileSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";

const problem = isMainThread ? (nodeProblem() ?? packageProblem()) : undefined;
if (problem !== undefined) {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}

// A command needs half the CPU time to load, and no parser of types in its memory.
module.enableCompileCache?.(fileURLToPath(new URL(".build/local/compiled", import.meta.url)));
if (isMainThread)
  process.on("uncaughtExceptionMonitor", (fault) => {
    const [place] = /latchkey\.config\.ts(:\d+)?/.exec(`${fault?.stack}`) ?? [];
    if (place === undefined) return;
    process.stderr.write(`✗ ${place} cannot be loaded: ${fault.message.split("\n")[0]}.\n`);
    process.exit(2);
  });

function nodeProblem() {
  const [major] = readHere(".nvmrc").split(".");
  const { node } = process.versions;
  return node.split(".")[0] === major
    ? undefined
    : `Latchkey needs Node ${major}; this is v${node}. \`npm ci\` installs it on Linux and on Windows for x64; elsewhere, install Node ${major} first.`;
}

function packageProblem() {
  const locked = Object.entries(packagesOf("package-lock.json"));
  const installed = packagesOf("node_modules/.package-lock.json");
  const missing = locked.find(
    ([path, entry]) => isForHere(entry) && installed[path]?.integrity !== entry.integrity,
  );
  return (
    missing && `${missing[0]} is not installed as package-lock.json has it. Run \`npm ci\` first.`
  );
}

function readHere(file) {
  return readFileSync(new URL(file, import.meta.url), "utf8");
}

function packagesOf(file) {
  try {
    return JSON.parse(readHere(file)).packages;
  } catch {
    return {};
  }
}

/** An optional package without a platform serves only those for WebAssembly, which no platform here installs. */
function isForHere({ integrity, optional, os, cpu, libc }) {
  if (!optional) return integrity !== undefined;
  return (
    os?.includes(process.platform) &&
    cpu?.includes(process.arch) &&
    (libc === undefined || libc.includes(libcOf()))
  );
}

function libcOf() {
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime ? "glibc" : "musl";
}
