/** Empty names of resources, for tests of variables that come from the settings alone. */
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
