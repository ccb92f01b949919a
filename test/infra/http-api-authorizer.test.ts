import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { RestApi } from "aws-cdk-lib/aws-apigateway";
import { Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { describe, expect, it } from "vitest";
import { ExchangeStack, restJwtAuthorizer } from "../../examples/http-api-authorizer/stack.ts";
import { ANY_DIRECTORY, anApp, resourceIn } from "./stack.ts";

const PROOFS = { issuer: "https://verify.example.com", audience: "shop" } as const;

describe("the example of a JWT authorizer", () => {
  it("guards the one route of an HTTP API that exchanges a proof, by issuer and audience", () => {
    const app = anApp(true);
    const exchange = new LambdaFunction(new Stack(app, "Code"), "Exchange", {
      runtime: Runtime.NODEJS_24_X,
      handler: "index.handler",
      code: Code.fromAsset(ANY_DIRECTORY),
    });
    const template = Template.fromStack(new ExchangeStack(app, "Shop", { ...PROOFS, exchange }));
    const { id, resource } = resourceIn(template, "AWS::ApiGatewayV2::Authorizer", "ApiProof");
    expect(resource["Properties"]).toMatchObject({
      AuthorizerType: "JWT",
      IdentitySource: ["$request.header.Authorization"],
      JwtConfiguration: { Audience: [PROOFS.audience], Issuer: PROOFS.issuer },
    });
    const routes = Object.values(template.findResources("AWS::ApiGatewayV2::Route"));
    expect(routes.map(({ Properties }) => Properties)).toEqual([
      expect.objectContaining({
        RouteKey: "POST /session",
        AuthorizationType: "JWT",
        AuthorizerId: { Ref: id },
      }),
    ]);
  });

  it("has for a REST API the properties that CDK has no types for", () => {
    const stack = new Stack(anApp(), "Shop");
    const api = new RestApi(stack, "Api");
    api.root.addMethod("GET");
    restJwtAuthorizer(stack, api, PROOFS);
    const authorizers = Template.fromStack(stack).findResources("AWS::ApiGateway::Authorizer");
    expect(authorizers["RestProof"]?.["Properties"]).toMatchObject({
      Type: "JWT",
      JwtConfiguration: { Audience: [PROOFS.audience], Issuer: PROOFS.issuer },
    });
  });
});
