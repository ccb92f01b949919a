/** Where the parts of a stage lie, for those who ask only what the stage itself tells its functions. */
export const NOWHERE = {
  tableName: "",
  numbersKeyArn: "",
  codesKeyArn: "",
  proofKeyArns: [""],
  proofIssuer: "",
  callbackPass: "",
  twilioSecretArn: "",
  twilioAuthSecretArn: "",
  outcomeFunctionName: "",
  nextStepFunctionName: "",
  challengeSecretArn: undefined,
};
