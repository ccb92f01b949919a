/** The same pairs by Better Auth's plugin for phone numbers, over its memory adapter and without sessions, from a Request to a Response. */
import * as v from "valibot";
import { fictionalNumber } from "../../../test/support/deps.ts";
import { requireTool } from "../../tools/tools.ts";
import { measureWork, PEER_WORK } from "../work.ts";

const BASE_URL = "http://localhost:3000";

const CALLABLE = v.function();
const exported = (name: string, file: string) => v.parse(CALLABLE, Object(requireTool(file))[name]);
const betterAuth = exported("betterAuth", "better-auth");
const phoneNumber = exported("phoneNumber", "better-auth/plugins/phone-number");
const memoryAdapter = exported("memoryAdapter", "better-auth/adapters/memory");

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

const auth = v.parse(
  v.looseObject({ handler: CALLABLE }),
  betterAuth({
    baseURL: BASE_URL,
    secret: "a secret of the bench that is long enough for anything",
    database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
    plugins: [plugin],
  }),
);

async function ask(path: string, body: unknown): Promise<unknown> {
  const request = new Request(`${BASE_URL}/api/auth/phone-number/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: BASE_URL },
    body: JSON.stringify(body),
  });
  const response = v.parse(v.instance(Response), await auth.handler(request));
  if (!response.ok)
    throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

const VERIFIED = v.object({ status: v.literal(true) });

await measureWork(PEER_WORK, async (index) => {
  const to = fictionalNumber(index % 64);
  await ask("send-otp", { phoneNumber: to });
  v.parse(
    VERIFIED,
    await ask("verify", { phoneNumber: to, code: codes.get(to), disableSession: true }),
  );
});
