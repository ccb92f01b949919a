/**
 * `node evidence/integrations/main.ts`: sign-ins by proofs of a running Latchkey, in the frameworks and identity systems that @latchkey/server is for and
 * by the JWT libraries of other languages. Needs the registries of npm, PyPI, Maven and Go the first time. One line each; ends with 1 where one fails.
 */
import { argumentsOf, progressOf, runCommand } from "../../cli/terminal.ts";
import { installPackage, startGround } from "./ground.ts";
import { authJs, betterAuth, cognito, firebase, supabase } from "./identity.ts";
import { golangJwt, jose, nimbus, pyJwt } from "./languages.ts";
import { fastify } from "./pages.ts";
import { redis } from "./redis.ts";
import { twilioPython } from "./twilio-python.ts";

const CHECKS = {
  Fastify: fastify,
  "Better Auth": betterAuth,
  "Auth.js": authJs,
  "firebase-admin": firebase,
  "the client of Supabase": supabase,
  "the events of Cognito": cognito,
  "Redis as a replay store": redis,
  jose,
  PyJWT: pyJwt,
  "golang-jwt": golangJwt,
  nimbus,
  "the Python SDK of Twilio": twilioPython,
} as const;

await runCommand(async () => {
  const help = `npm run integrate -- [part of a name …]   the names: ${Object.keys(CHECKS).join(", ")}`;
  const { positionals: wanted } = argumentsOf({ help, takesWords: true, options: {} });
  await installPackage();
  const ground = await startGround();
  let code = 0;
  const checks = Object.entries(CHECKS).filter(
    ([name]) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
  );
  const step = progressOf(checks.length);
  for (const [name, check] of checks) {
    step(name);
    const line = await check(ground).then(
      (told) => `✓ ${name}${told === undefined ? "" : `: ${[told].flat().join(", ")}`}`,
      (fault: unknown) => {
        code = 1;
        return `✗ ${name}: ${fault instanceof Error ? fault.stack : String(fault)}`;
      },
    );
    process.stdout.write(`${line}\n`);
  }
  await ground.stop();
  return code;
});
