import { environments } from "../../../infra/environments.ts";
import { STAGES } from "../../../infra/stages.ts";

/** What the functions of production are told, wherever its parts may lie. */
export const PROD = environments(STAGES.prod, {
  tableName: "",
  numbersKeyArn: "",
  codesKeyArn: "",
  proofKeyArn: "",
  proofIssuer: "",
  twilioSecretArn: "",
  twilioAuthSecretArn: "",
  settleFunctionName: "",
  redactFunctionName: "",
  nextStepFunctionName: "",
  challengeSecretArn: undefined,
});
