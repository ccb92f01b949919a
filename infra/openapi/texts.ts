/** The meaning of a field in every body that has it, unless the body is named before it. */
const FIELDS: Readonly<Record<string, string>> = {
  to: "The number in E.164, such as +447700900123, or in the national form of the stage's default country.",
  "Verification.to": "The number; all but its first two and last three digits are masked.",
  channel: "How the code travels; sms where the field is missing.",
  "Verification.channel": "How the newest code travels.",
  channels: "What may be tried for this number now.",
  purpose:
    "The use of the proof; login by default. It picks the words of the message and is bound into the proof.",
  reference:
    "Your own opaque name for it, which comes back in its events. One that could be a phone number or a code is refused: no group of 6 to 15 digits.",
  nonce: "Comes back in the proof: bind it to the session of the page.",
  locale: "The language of the message, as a BCP 47 tag.",
  platform: "Where the code is typed: picks the line by which phones fill it in.",
  ticket:
    "The returning ticket. It comes with an approval; a later start of the same number that sends it is let through more easily.",
  challenge: "The token of the widget that challenge-required asked for.",
  provider: "The provider of the widget.",
  siteKey: "The public key with which a page shows the widget.",
  action: "The action that the token must be made for.",
  "Problem.challenge": "The widget whose token a start must carry.",
  code: "The code as it was typed: ASCII digits.",
  "Problem.code": "The word for this kind of problem. It never changes.",
  clientAddress:
    "The address of the person whom the back end asks for: limits count by it. Requests without one share one small limit.",
  knownNumber:
    "Whether the back end knows that the number belongs to an account of its own. Such a start uses a share of the caps that is kept for known numbers, and limits that strangers have filled do not stop it. It lifts no limit of the number or of its client.",
  id: "Names the verification, and is a secret: a caller with it can use up its checks.",
  status: "Where the verification stands.",
  "Problem.status": "The HTTP status.",
  codeLength: "How many digits the code has.",
  expiresAt: "When the newest code ends, and with it the verification.",
  resendAt: "When the number may be sent another code.",
  checksRemaining: "How many more codes can be checked.",
  delivery: "The delivery state of the newest message.",
  deliveryReason: "Why the message was not delivered.",
  nextChannel: "What to offer next.",
  result: "What became of the code.",
  proof:
    "A JWT (RS256) that any back end checks with the proof keys; good for five minutes at most.",
  keys: "Every key that a valid proof can be signed with, and the next one, as JWKs.",
  kty: "The type of the key.",
  n: "The modulus, in base64url.",
  e: "The exponent, in base64url.",
  kid: "Names the key in the header of a proof.",
  alg: "The algorithm of the signature.",
  use: "Signatures, and nothing else.",
  issuer: "The iss of every proof: the address of the API.",
  jwks_uri: "Where the proof keys are.",
  authorization_endpoint:
    "Answers 404: there is no sign-in page. Some software insists on the field.",
  token_endpoint: "Answers 404, for the same reason.",
  response_types_supported: "A proof is read as an ID token.",
  subject_types_supported: "The sub of a proof is the number, the same for every audience.",
  id_token_signing_alg_values_supported: "The only algorithm of proofs.",
  claims_supported: "The claims of a proof.",
  type: "An address that explains the problem.",
  title: "A sentence for the person at the screen.",
  instance: "Names this request in the logs.",
  detail: "The exact fault, where it is known.",
  pointer: "The field that is wrong, as a JSON pointer.",
  retryAfterSeconds: "When asking again can help; also in Retry-After.",
  reason: "Why the number is not allowed.",
  verificationStatus: "How the verification ended.",
};

/** The text of a field in a body. Throws for a field that has none. */
export function fieldText(body: string, name: string): string {
  const text = FIELDS[`${body}.${name}`] ?? FIELDS[name];
  if (text === undefined) throw new Error(`infra/openapi/texts.ts has no text for "${name}"`);
  return text;
}
