import { randomUUID } from "node:crypto";

/** Yours: what keeps the sessions of your users. Each has a nonce; `phone` is the number of the account, where it is known. */
const sessions = new Map();

/** Opens a session and gives its cookie. The page starts the verification with the nonce. */
export function openSession(phone) {
  const id = randomUUID();
  const session = { nonce: randomUUID(), phone };
  sessions.set(id, session);
  return { ...session, cookie: `session=${id}` };
}

/** The session of a request, by its `Cookie` header. */
export function sessionOf(cookies) {
  return sessions.get(/\bsession=([\w-]+)/.exec(cookies ?? "")?.[1]);
}
