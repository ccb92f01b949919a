import { randomBytes } from "node:crypto";
import type { VerifyProof } from "./verifier.ts";

/** The part of Cognito's events that the triggers read and write. https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-challenge.html */
export type CognitoEvent = {
  readonly triggerSource: string;
  readonly request: {
    readonly userAttributes?: Readonly<Record<string, string>>;
    readonly userNotFound?: boolean;
    readonly session?: readonly {
      readonly challengeName: string;
      readonly challengeResult: boolean;
      readonly challengeMetadata?: string | undefined;
    }[];
    readonly privateChallengeParameters?: Readonly<Record<string, string>> | undefined;
    readonly challengeAnswer?: unknown;
    readonly validationData?: Readonly<Record<string, string>> | null | undefined;
  };
  readonly response: object;
};

type Answered = CognitoEvent & { readonly response: Readonly<Record<string, unknown>> };

/** Marks the challenges of these triggers among others of the same pool. */
const METADATA = "LATCHKEY";
/** 43 characters; a nonce of Latchkey has 64 at most. */
const NONCE_BYTES = 32;

/**
 * One Lambda handler for the four triggers of sign-in by a proof: define, create and verify the challenge, and sign-up. The challenge gives the page
 * a nonce; its answer is a proof for this nonce, the purpose `login` and the phone number of the user. A sign-up is confirmed by a proof for `signup`
 * in `ValidationData`, and refused without one. Any other trigger is returned unchanged.
 */
export function cognitoTriggers<Purpose extends string>(verify: VerifyProof<Purpose>) {
  const [login, signup] = [purposeOf(verify, "login"), purposeOf(verify, "signup")];
  return async (event: CognitoEvent): Promise<CognitoEvent> => {
    switch (event.triggerSource) {
      case "DefineAuthChallenge_Authentication":
        return defineChallenge(event);
      case "CreateAuthChallenge_Authentication":
        return createChallenge(event, verify.issuer);
      case "VerifyAuthChallengeResponse_Authentication":
        return verifyAnswer(event, verify, login);
      case "PreSignUp_SignUp":
        return confirmSignUp(event, verify, signup);
      default:
        return event;
    }
  };
}

function purposeOf<Purpose extends string>(verify: VerifyProof<Purpose>, name: string): Purpose {
  const found = verify.purposes.find((purpose) => purpose === name);
  if (found === undefined) throw new TypeError(`purposes of the verifier lack "${name}"`);
  return found;
}

/** One challenge, one answer: a refused proof gets no second try. */
function defineChallenge(event: CognitoEvent): Answered {
  const [first, ...more] = event.request.session ?? [];
  const isOurs =
    first?.challengeName === "CUSTOM_CHALLENGE" && first.challengeMetadata === METADATA;
  const issueTokens =
    isOurs &&
    first.challengeResult &&
    more.length === 0 &&
    // An unknown user gets a challenge like any other and never a token, so that a caller cannot learn who has an account.
    event.request.userNotFound !== true;
  const isNew = first === undefined;
  return answered(event, {
    issueTokens,
    failAuthentication: !issueTokens && !isNew,
    ...(isNew ? { challengeName: "CUSTOM_CHALLENGE" } : {}),
  });
}

function createChallenge(event: CognitoEvent, issuer: string): Answered {
  const nonce = randomBytes(NONCE_BYTES).toString("base64url");
  return answered(event, {
    publicChallengeParameters: { latchkey: issuer, nonce },
    privateChallengeParameters: { nonce },
    challengeMetadata: METADATA,
  });
}

async function verifyAnswer<Purpose extends string>(
  event: CognitoEvent,
  verify: VerifyProof<Purpose>,
  purpose: Purpose,
): Promise<Answered> {
  const { userAttributes, privateChallengeParameters, challengeAnswer, userNotFound } =
    event.request;
  const phoneNumber = userAttributes?.["phone_number"];
  const nonce = privateChallengeParameters?.["nonce"] ?? "";
  if (phoneNumber === undefined || userNotFound === true)
    return answered(event, { answerCorrect: false });
  const { kind } = await verify(challengeAnswer, { purpose, nonce, phoneNumber });
  return answered(event, { answerCorrect: kind === "proven" });
}

/** Without this proof, a number that only a form names would be marked as verified. */
async function confirmSignUp<Purpose extends string>(
  event: CognitoEvent,
  verify: VerifyProof<Purpose>,
  purpose: Purpose,
): Promise<Answered> {
  const phoneNumber = event.request.userAttributes?.["phone_number"];
  const proof = event.request.validationData?.["proof"];
  if (phoneNumber === undefined) throw new Error("phone_number is missing");
  const verdict = await verify(proof, { purpose, nonce: null, phoneNumber });
  if (verdict.kind === "refused") throw new Error(`the proof is refused: ${verdict.refusal}`);
  return answered(event, { autoConfirmUser: true, autoVerifyPhone: true });
}

function answered(event: CognitoEvent, response: Readonly<Record<string, unknown>>): Answered {
  return { ...event, response: { ...event.response, ...response } };
}
