/**
 * The same pairs by Better Auth's plugin for phone numbers, without sessions, from a Request to a Response. Its store is its memory adapter; with
 * `uncopied`, that adapter without transactions, each of which copies all rows twice; with `sqlite`, a file of SQLite.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fictionalNumber } from "../../../test/support/deps.ts";
import { requireTool } from "../../tools/tools.ts";
import { measureWork, PEER_WORK } from "../work.ts";

const BASE_URL = "http://localhost:3000";

const { betterAuth } = Object(requireTool("better-auth"));
const { phoneNumber } = Object(requireTool("better-auth/plugins/phone-number"));
const { memoryAdapter } = Object(requireTool("better-auth/adapters/memory"));
const { getMigrations } = Object(requireTool("better-auth/db/migration"));

const codes = new Map<string, string>();

const plugin = phoneNumber({
  otpLength: 6,
  expiresIn: 300,
  sendOTP: ({ phoneNumber: to, code }: { readonly phoneNumber: string; readonly code: string }) => {
    codes.set(to, code);
  },
  signUpOnVerification: {
    getTempEmail: (to: string) => `${to.slice(1)}@example.com`,
    getTempName: (to: string) => to,
  },
});

let storeRequests = 0;

class CountingSqlite extends DatabaseSync {
  override prepare(sql: string) {
    storeRequests += 1;
    return super.prepare(sql);
  }
}

function withoutCopies(options: unknown) {
  const adapter = inMemory(options);
  return { ...adapter, transaction: (work: (one: unknown) => unknown) => work(adapter) };
}

const inMemory = memoryAdapter({ user: [], session: [], account: [], verification: [] });

function sqlite() {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true }));
  return new CountingSqlite(join(folder, "peer.db"));
}

const variant = process.argv[2];
const isOnDisk = variant === "sqlite";
const inMemoryHere = variant === "uncopied" ? withoutCopies : inMemory;
const database = isOnDisk ? sqlite() : inMemoryHere;

const settings = {
  baseURL: BASE_URL,
  secret: "a secret of the bench that is long enough for anything",
  database,
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { disabled: true },
  plugins: [plugin],
};
const auth = betterAuth(settings);
if (isOnDisk) await (await getMigrations(settings)).runMigrations();

async function ask(path: string, body: object) {
  const request = new Request(`${BASE_URL}/api/auth/phone-number/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: BASE_URL },
    body: JSON.stringify(body),
  });
  const response: Response = await auth.handler(request);
  if (!response.ok)
    throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return Object(await response.json());
}

async function pair(index: number): Promise<void> {
  const to = fictionalNumber(index % 64);
  await ask("send-otp", { phoneNumber: to });
  const code = codes.get(to);
  const { status } = await ask("verify", { phoneNumber: to, code, disableSession: true });
  if (status !== true) throw new Error(`the check was ${status}`);
}

await measureWork(PEER_WORK, pair, () => ({ storeRequests }));
