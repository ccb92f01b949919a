import type { APIGatewayProxyEvent } from "aws-lambda";
import {
  type ApiKey,
  type ApiKeyStore,
  admitKey,
  type KeyRight,
  type KeySendStore,
  type KeyVerdict,
} from "../verification/api-key.ts";
import { DAY_MS } from "../verification/pace.ts";
import type { Clock, FaultLog, Keys, MessageSender } from "../verification/ports.ts";
import { type AddressSource, clientAddress } from "./client-address.ts";
import { header } from "./headers.ts";
import { Problem } from "./problem.ts";

/** A use of a key, for the log. The key itself is not part of it. */
export type KeyUse = {
  readonly requestId: string;
  readonly keyId?: string;
  readonly app?: string;
  readonly keyOutcome: "admitted" | Extract<KeyVerdict, { kind: "refused" }>["why"] | "spent";
};

export type KeyDeps = {
  readonly apiKeys: ApiKeyStore;
  readonly keySends: KeySendStore;
  readonly keys: Pick<Keys, "index">;
  readonly clock: Clock;
  readonly noteKeyUse: (use: KeyUse) => void;
  readonly logFault: FaultLog;
};

/** The key in `Authorization`: a bearer token (RFC 6750 §2.1), or the password of Basic authentication (RFC 7617 §2). */
export function credentialsIn(event: Pick<APIGatewayProxyEvent, "headers">): {
  readonly user?: string;
  readonly key: string;
} {
  const [scheme = "", value = ""] = (header(event, "authorization") ?? "").split(" ");
  if (scheme.toLowerCase() === "bearer") return { key: value };
  if (scheme.toLowerCase() !== "basic") return { key: "" };
  const [user = "", ...key] = Buffer.from(value, "base64").toString("latin1").split(":");
  return { user, key: key.join(":") };
}

/** The key of a request that has the right to it. Throws a problem for any other, before anything else is read. */
export async function admittedKey(
  deps: KeyDeps,
  event: APIGatewayProxyEvent,
  { right, source }: { readonly right: KeyRight; readonly source: AddressSource },
): Promise<ApiKey> {
  const { requestId } = event.requestContext;
  const verdict = await admitKey(deps, {
    text: credentialsIn(event).key,
    right,
    address: clientAddress(event, source),
    now: deps.clock(),
  });
  if (verdict.kind === "refused") {
    const { id, why } = verdict;
    deps.noteKeyUse({ requestId, keyOutcome: why, ...(id === undefined ? {} : { keyId: id }) });
    throw new Problem(
      why === "network" || why === "right" ? "api-key-not-allowed" : "api-key-invalid",
    );
  }
  const { id, app } = verdict.apiKey;
  deps.noteKeyUse({ requestId, keyId: id, app, keyOutcome: "admitted" });
  return verdict.apiKey;
}

/**
 * Counts a message on the day of its key and makes it. One that is refused is given back, and so is the answer of an earlier request, which sends
 * none; one that faults stays counted.
 */
export async function countedSend<Deps extends KeyDeps & { readonly sender: MessageSender }, Done>(
  deps: Deps,
  { id, app, sendsPerDay }: ApiKey,
  { requestId, send }: { readonly requestId: string; readonly send: (deps: Deps) => Promise<Done> },
): Promise<Done> {
  const now = deps.clock();
  if (!(await deps.keySends.take(id, sendsPerDay, now))) {
    deps.noteKeyUse({ requestId, keyId: id, app, keyOutcome: "spent" });
    const endsAt = (Math.floor(now / DAY_MS) + 1) * DAY_MS;
    throw new Problem("api-key-spent", { retryAfterSeconds: Math.ceil((endsAt - now) / 1_000) });
  }
  const giveBack = () =>
    deps.keySends
      .giveBack(id, now)
      .catch((fault: unknown) => deps.logFault("key-send-not-given-back", fault));
  let isSent = false;
  const sender: MessageSender = {
    send(message) {
      isSent = true;
      return deps.sender.send(message);
    },
  };
  try {
    const done = await send({ ...deps, sender });
    if (!isSent) await giveBack();
    return done;
  } catch (refusal) {
    if (refusal instanceof Problem) await giveBack();
    throw refusal;
  }
}
