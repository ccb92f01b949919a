import { RemovalPolicy } from "aws-cdk-lib";
import {
  AuthorizationType,
  CfnRestApi,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  type MethodDeploymentOptions,
  type Model,
  RestApi,
} from "aws-cdk-lib/aws-apigateway";
import type { ICertificate } from "aws-cdk-lib/aws-certificatemanager";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { PROBLEMS } from "../functions/http/problem.ts";
import type { FunctionName } from "../functions/runtime/environment.ts";
import { ACCESS_LOG_FORMAT } from "./access-log.ts";
import { apiAddress, domainOf, serveUnder, TLS } from "./api-address.ts";
import type { Deployment } from "./deployment.ts";
import { problemDocsAt } from "./environments.ts";
import { GATEWAY_RESPONSES, problemHeaders, problemTemplate } from "./gateway-responses.ts";
import { type ModelName, requestModel } from "./models.ts";
import { keepingPolicyOf } from "./retention.ts";
import { CALLBACKS, CALLBACKS_PER_SEND, ROUTES, sendShare } from "./routes.ts";
import type { Stage } from "./stage.ts";

export type GatewayOptions = {
  /** Replaces `domain` of the settings, for a certificate that is made in the same app. */
  readonly domain?: { readonly name: string; readonly certificate: ICertificate };
  /** Whether the account's role for logs of API Gateway is created here. `false` if the account has one: there is one for the account and region. */
  readonly setsUpGatewayLogs?: boolean;
};

/** The only entry: a regional REST API. Only this kind validates bodies, customizes its own errors and supports a firewall. */
export class Gateway extends Construct {
  /** `iss` of a proof: the address of the API. */
  readonly issuer: string;
  /** One line a request. */
  readonly accessLog: LogGroup;
  readonly api: RestApi;
  readonly serverRoutesArn: string;
  /** The target of the DNS record of an own domain. */
  readonly domainTarget: string | undefined;

  constructor(scope: Construct, id: string, props: Deployment & GatewayOptions) {
    super(scope, id);
    const { name, stageName, stage } = props;
    const domain = domainOf(this, props);
    this.accessLog = new LogGroup(this, "AccessLog", {
      retention: stage.logRetentionDays,
      removalPolicy: keepingPolicyOf(stage),
    });
    this.api = new RestApi(this, "Api", {
      // The dimension of its metrics, which two deployments in one account would otherwise share.
      restApiName: name,
      endpointTypes: [EndpointType.REGIONAL],
      disableExecuteApiEndpoint: domain !== undefined,
      ...accountLogRole(props),
      // No tracing: a trace holds the path, and with it the id of a verification. The functions trace themselves.
      deployOptions: {
        stageName,
        throttlingRateLimit: stage.throttle.requestsPerSecond,
        throttlingBurstLimit: stage.throttle.burst,
        methodOptions: methodThrottles(stage),
        accessLogDestination: new LogGroupLogDestination(this.accessLog),
        accessLogFormat: ACCESS_LOG_FORMAT,
      },
    });
    this.#insistOnTls();
    this.domainTarget = domain && serveUnder(this, this.api, domain);
    this.issuer = apiAddress(this.api, stageName, domain?.name);
    this.serverRoutesArn = this.api.arnForExecuteApi("*", "/v1/server/*", stageName);
    this.#answerAsProblems(problemDocsAt(this.issuer, stage));
  }

  /** The ARN that a firewall is attached to. */
  get stageArn(): string {
    return this.api.deploymentStage.stageArn;
  }

  #insistOnTls(): void {
    const api = this.api.node.defaultChild;
    if (!(api instanceof CfnRestApi)) throw new Error("a REST API is a CfnRestApi");
    api.securityPolicy = TLS.securityPolicy;
    api.endpointAccessMode = TLS.endpointAccessMode;
  }

  #answerAsProblems(docsUrl: string): void {
    for (const row of GATEWAY_RESPONSES) {
      this.api.addGatewayResponse(row.id, {
        type: row.type,
        statusCode: String(PROBLEMS[row.problem].status),
        responseHeaders: problemHeaders(row),
        templates: { "application/json": problemTemplate(row.problem, docsUrl) },
      });
    }
  }

  /** Connects every route with its function, behind the model of its body. */
  route(functions: Readonly<Record<FunctionName, IFunction>>): void {
    const requestValidator = this.api.addRequestValidator("Body", {
      validateRequestBody: true,
      validateRequestParameters: true,
    });
    const models: Readonly<Record<ModelName, Model>> = {
      start: this.#model("start"),
      check: this.#model("check"),
      resend: this.#model("resend"),
      "server-start": this.#model("server-start"),
      "server-check": this.#model("server-check"),
      "server-resend": this.#model("server-resend"),
      "number-check": this.#model("number-check"),
    };
    for (const route of ROUTES) {
      const model = route.model && models[route.model];
      const integration = new LambdaIntegration(functions[route.function], {
        allowTestInvoke: false,
      });
      this.api.root.resourceForPath(route.path).addMethod(route.method, integration, {
        ...(route.signed && { authorizationType: AuthorizationType.IAM }),
        ...(model && { requestValidator, requestModels: { "application/json": model } }),
      });
    }
  }

  #model(name: ModelName): Model {
    return this.api.addModel(`${name}-request`, { schema: requestModel(name) });
  }
}

/**
 * There is one role for the account and region. An account without it cannot deploy a logging API. Other APIs may use it later, so it is
 * retained.
 */
function accountLogRole({ setsUpGatewayLogs = true }: GatewayOptions) {
  return setsUpGatewayLogs
    ? { cloudWatchRole: true, cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN }
    : { cloudWatchRole: false };
}

/** The routes that cost a message have a throttle of their own, so that checks keep theirs; so have those of callbacks. */
function methodThrottles(stage: Stage): Readonly<Record<string, MethodDeploymentOptions>> {
  const { requestsPerSecond, burst } = stage.sendThrottle;
  const sendAt = (share: number) => ({
    throttlingRateLimit: share * requestsPerSecond,
    throttlingBurstLimit: Math.ceil(share * burst),
  });
  const callback = {
    throttlingRateLimit: CALLBACKS_PER_SEND * requestsPerSecond,
    throttlingBurstLimit: CALLBACKS_PER_SEND * burst,
  };
  const throttled = ROUTES.flatMap((route) => {
    const { path, method, function: name } = route;
    const throttle = [
      sendShare(route) > 0 ? sendAt(sendShare(route)) : undefined,
      CALLBACKS.includes(name) ? callback : undefined,
    ].find((row) => row !== undefined);
    return throttle === undefined ? [] : [[`${path}/${method}`, throttle] as const];
  });
  return Object.fromEntries(throttled);
}
