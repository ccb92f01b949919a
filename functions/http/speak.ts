import { type CallNews, type SpeakDeps, type Speech, speak } from "../verification/speak.ts";
import type { Endpoint } from "./api.ts";
import { Problem } from "./problem.ts";
import { passIn, type Signatures, signedForm } from "./signed-form.ts";

type Calls = Signatures & {
  readonly pathOf: (token: string, pass: string | undefined) => string;
  readonly callIn: (parameters: readonly (readonly [name: string, value: string])[]) => CallNews;
  readonly markup: (speech: Exclude<Speech, { readonly kind: "foreign" }>) => string;
};

/** `POST /v1/calls/twilio/{sealed}`: the prompt of a call after the key press. */
export function speakEndpoint(deps: SpeakDeps & Calls): Endpoint {
  return async (event) => {
    // Its seal shows whether it is genuine.
    const token = String(event.pathParameters?.["sealed"]);
    const path = deps.pathOf(token, passIn(event));
    const call = deps.callIn(await signedForm(deps, event, path));
    const speech = await speak(deps, { token, ...call });
    if (speech.kind === "foreign") throw new Problem("signature-invalid");
    return { status: 200, xml: deps.markup(speech), outcome: speech.kind };
  };
}
