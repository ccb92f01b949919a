/** The same pairs by Better Auth's plugin for phone numbers, over its memory adapter and without sessions, from a Request to a Response. */
import { fictionalNumber } from "../../../test/support/deps.ts";
import { requireTool } from "../../tools/tools.ts";
import { measureWork, PEER_WORK } from "../work.ts";

const BASE_URL = "http://localhost:3000";

const { betterAuth } = Object(requireTool("better-auth"));
const { phoneNumber } = Object(requireTool("better-auth/plugins/phone-number"));
const { memoryAdapter } = Object(requireTool("better-auth/adapters/memory"));

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

const auth = betterAuth({
  baseURL: BASE_URL,
  secret: "a secret of the bench that is long enough for anything",
  database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { disabled: true },
  plugins: [plugin],
});

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

await measureWork(PEER_WORK, async (index) => {
  const to = fictionalNumber(index % 64);
  await ask("send-otp", { phoneNumber: to });
  const code = codes.get(to);
  const { status } = await ask("verify", { phoneNumber: to, code, disableSession: true });
  if (status !== true) throw new Error(`the check was ${status}`);
});
