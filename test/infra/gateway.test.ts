import { describe, expect, it } from "vitest";
import { PROBLEMS } from "../../functions/http/problem.ts";
import { requestModel } from "../../infra/models.ts";
import { ROUTES, type Route } from "../../infra/routes.ts";
import { STAGES } from "../../infra/stages.ts";
import { resourceIn, templateOf, textIn } from "./stack.ts";

const prod = templateOf("prod");
const all = (type: string) =>
  Object.values(prod.findResources(type)).map((found) => found["Properties"]);

/** A method of the template as a row of the table of routes would have it. */
function rowOf(method: ReturnType<typeof all>[number]) {
  const model = method.RequestModels?.["application/json"].Ref;
  return {
    method: method.HttpMethod,
    path: pathOf(method.ResourceId),
    function: kebabCase(
      /"(\w+)[0-9A-F]{8}","Arn"/.exec(JSON.stringify(method.Integration.Uri))?.[1],
    ),
    ...(method.AuthorizationType === "AWS_IAM" ? { signed: true } : {}),
    ...(model === undefined
      ? {}
      : { model: prod.findResources("AWS::ApiGateway::Model")[model]?.["Properties"].Schema }),
  };
}

function pathOf(resourceId: { readonly Ref?: string }): string {
  if (resourceId.Ref === undefined) return "";
  const resource = prod.findResources("AWS::ApiGateway::Resource")[resourceId.Ref]?.["Properties"];
  return `${pathOf(resource.ParentId)}/${resource.PathPart}`;
}

const kebabCase = (id = "") => id.replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
const byPath = (one: { readonly method: string; readonly path: string }, other: typeof one) =>
  `${one.path} ${one.method}` < `${other.path} ${other.method}` ? -1 : 1;
const withSchema = ({ model, ...row }: Route) =>
  model === undefined ? row : { ...row, model: requestModel(model) };

describe("the routes", () => {
  it("are the table of routes, and nothing else", () => {
    expect(all("AWS::ApiGateway::Method").map(rowOf).toSorted(byPath)).toEqual(
      ROUTES.map(withSchema).toSorted(byPath),
    );
  });

  it("may be invoked one by one and only through the deployed stage", () => {
    const permissions = all("AWS::Lambda::Permission");
    expect(permissions).toHaveLength(ROUTES.length);
    const { id } = resourceIn(prod, "AWS::ApiGateway::Stage", "GatewayApiDeploymentStageprod");
    for (const { SourceArn } of permissions) {
      expect(SourceArn["Fn::Join"][1]).toContainEqual({ Ref: id });
      expect(SourceArn["Fn::Join"][1].at(-1)).toMatch(
        /^\/(?:(?:GET|HEAD|POST|DELETE|OPTIONS)\/[^*]|\*\/v2\/)/,
      );
    }
  });
});

describe("the routes of back ends", () => {
  const methods = all("AWS::ApiGateway::Method").map((method) => ({
    path: pathOf(method.ResourceId),
    ...method,
  }));
  const isServer = ({ path }: { readonly path: string }) => path.startsWith("/v1/server/");

  it("do what the routes of pages do, by the same functions, and answer no preflight", () => {
    const named = ({ path, HttpMethod, Integration }: (typeof methods)[number]) =>
      JSON.stringify([path.replace("/server", ""), HttpMethod, Integration.Uri]);
    const others = methods.filter((method) => !isServer(method)).map(named);
    expect(others).toEqual(expect.arrayContaining(methods.filter(isServer).map(named)));
    expect(methods.filter(isServer).map(({ HttpMethod }) => HttpMethod)).not.toContain("OPTIONS");
  });

  it("are named whole in an output, for the policy of their callers", () => {
    const { LatchkeyServerRoutes: output } = prod.findOutputs("*");
    expect(output?.["Value"]["Fn::Join"][1].at(-1)).toBe("/prod/*/v1/server/*");
  });
});

describe("the API", () => {
  it("is regional and named after its stage", () => {
    expect(all("AWS::ApiGateway::RestApi")).toEqual([
      expect.objectContaining({
        Name: "latchkey-prod",
        EndpointConfiguration: { Types: ["REGIONAL"] },
      }),
    ]);
  });

  it("is throttled as its stage sets", () => {
    const { throttle, sendThrottle } = STAGES.prod;
    const sending = (share: number) => ({
      HttpMethod: "POST",
      ThrottlingRateLimit: share * sendThrottle.requestsPerSecond,
      ThrottlingBurstLimit: Math.ceil(share * sendThrottle.burst),
      DataTraceEnabled: false,
    });
    const [deployed] = all("AWS::ApiGateway::Stage");
    expect(deployed).toMatchObject({
      StageName: "prod",
      MethodSettings: [
        {
          HttpMethod: "*",
          ResourcePath: "/*",
          ThrottlingRateLimit: throttle.requestsPerSecond,
          ThrottlingBurstLimit: throttle.burst,
          DataTraceEnabled: false,
        },
        { ...sending(1), ResourcePath: "/~1v1~1verifications" },
        { ...sending(1), ResourcePath: "/~1v1~1verifications~1{id}~1resend" },
        { ...sending(4), ResourcePath: "/~1v1~1deliveries~1twilio" },
        { ...sending(4), ResourcePath: "/~1v1~1calls~1twilio~1{sealed}" },
        { ...sending(1), ResourcePath: "/~1v1~1server~1verifications" },
        { ...sending(1), ResourcePath: "/~1v1~1server~1verifications~1{id}~1resend" },
        { ...sending(0.3), ResourcePath: "/~1v1~1keyed~1verifications" },
        { ...sending(0.3), ResourcePath: "/~1v1~1keyed~1verifications~1{id}~1resend" },
        { ...sending(0.3), ResourcePath: "/~1v2~1Services~1{service}~1Verifications" },
      ],
    });
  });
});

describe("what the gateway answers itself", () => {
  const responses = all("AWS::ApiGateway::GatewayResponse");

  it.each([
    ["BAD_REQUEST_BODY", "body-invalid"],
    ["REQUEST_TOO_LARGE", "body-too-large"],
    ["UNSUPPORTED_MEDIA_TYPE", "media-type-unsupported"],
    ["THROTTLED", "too-many-requests"],
    ["WAF_FILTERED", "request-blocked"],
    ["INVALID_SIGNATURE", "signature-invalid"],
    ["EXPIRED_TOKEN", "signature-invalid"],
    ["ACCESS_DENIED", "access-denied"],
    ["MISSING_AUTHENTICATION_TOKEN", "route-not-found"],
    ["RESOURCE_NOT_FOUND", "route-not-found"],
    ["DEFAULT_4XX", "request-blocked"],
    ["INTEGRATION_FAILURE", "internal-error"],
    ["INTEGRATION_TIMEOUT", "internal-error"],
    ["DEFAULT_5XX", "internal-error"],
  ] as const)("for %s is the problem %s", (type, code) => {
    const response = responses.find(({ ResponseType }) => ResponseType === type);
    const { status, title } = PROBLEMS[code];
    expect(response.StatusCode).toBe(String(status));
    expect(Object.keys(response.ResponseTemplates)).toEqual(["application/json"]);
    const { type: address, ...problem } = JSON.parse(
      textIn(prod, response.ResponseTemplates["application/json"]),
    );
    expect(address).toMatch(/^https:\/\/\w+\.execute-api\.[\w.-]+\/prod\/problems#/);
    expect(address).toMatch(new RegExp(`#${code}$`));
    expect(problem).toEqual({ code, title, status, instance: "$context.extendedRequestId" });
  });

  it.each(responses.map((response) => [response.ResponseType, response] as const))(
    "for %s has the headers of every answer, and a page may read it",
    (_, { ResponseParameters }) => {
      expect(ResponseParameters).toMatchObject({
        "gatewayresponse.header.content-type": "'application/problem+json'",
        "gatewayresponse.header.cache-control": "'no-store'",
        "gatewayresponse.header.strict-transport-security": "'max-age=31536000; includeSubDomains'",
        "gatewayresponse.header.x-content-type-options": "'nosniff'",
        "gatewayresponse.header.access-control-allow-origin": "'*'",
        "gatewayresponse.header.access-control-expose-headers": "'Date, Retry-After'",
      });
    },
  );

  it("returns Retry-After where it throttles", () => {
    const throttled = responses.find(({ ResponseType }) => ResponseType === "THROTTLED");
    expect(throttled.ResponseParameters["gatewayresponse.header.retry-after"]).toBe("'1'");
    const others = responses.filter(({ ResponseType }) => ResponseType !== "THROTTLED");
    expect(JSON.stringify(others)).not.toContain('retry-after"');
  });
});
