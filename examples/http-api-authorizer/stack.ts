import { Stack, Validations } from "aws-cdk-lib";
import { CfnAuthorizer, type RestApi } from "aws-cdk-lib/aws-apigateway";
import { HttpApi, HttpMethod } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpJwtAuthorizer } from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";

export type ExchangeProps = {
  /** The address of the deployment of Latchkey, and the `proofAudience` of its stage. */
  readonly issuer: string;
  readonly audience: string;
  /** Takes the proof to `withProof` of `@latchkey/server/lambda`, and gives the session. */
  readonly exchange: IFunction;
};

/**
 * An HTTP API whose route `POST /session` exchanges a proof for a session. Its JWT authorizer refuses what is not signed by the deployment, is for
 * another audience, or has expired. It looks at neither `purpose`, nonce, number nor `jti`: the function behind it does. No other route takes proofs.
 */
export class ExchangeStack extends Stack {
  constructor(scope: Construct, id: string, { issuer, audience, exchange }: ExchangeProps) {
    super(scope, id);
    const authorizer = new HttpJwtAuthorizer("Proof", issuer, { jwtAudience: [audience] });
    new HttpApi(this, "Api").addRoutes({
      path: "/session",
      methods: [HttpMethod.POST],
      authorizer,
      integration: new HttpLambdaIntegration("Exchange", exchange),
    });
  }
}

/**
 * The same before a REST API. UNVERIFIED: aws-cdk-lib 2.276 knows no JWT authorizers of REST APIs and its validation refuses the property, so the name
 * is that of the API reference (JwtConfiguration), and this was never deployed.
 */
export function restJwtAuthorizer(
  scope: Construct,
  api: RestApi,
  { issuer, audience }: Omit<ExchangeProps, "exchange">,
): CfnAuthorizer {
  const authorizer = new CfnAuthorizer(scope, "RestProof", {
    restApiId: api.restApiId,
    name: "proof",
    type: "JWT",
    identitySource: "method.request.header.Authorization",
  });
  authorizer.addPropertyOverride("JwtConfiguration", { Issuer: issuer, Audience: [audience] });
  Validations.of(authorizer).acknowledge({
    id: "CloudFormation-Validate::F3002",
    reason: "The schema of this version is older than JWT authorizers of REST APIs.",
  });
  return authorizer;
}
