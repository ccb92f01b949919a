import { Stack } from "aws-cdk-lib";
import { EndpointType, LambdaIntegration, type Model, RestApi } from "aws-cdk-lib/aws-apigateway";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import type { FunctionName } from "../functions/env.ts";
import { PROBLEMS } from "../functions/http/problem.ts";
import { GATEWAY_RESPONSES, problemHeaders, problemTemplate } from "./gateway-responses.ts";
import { type ModelName, requestModel } from "./models.ts";
import { ROUTES } from "./routes.ts";
import type { Stage } from "./stages.ts";

/** The one way in: a regional REST API, since only it validates bodies, shapes its own errors and takes a firewall. */
export class Gateway extends Construct {
  /** `iss` of a proof: the address of the API. */
  readonly issuer: string;
  readonly #api: RestApi;

  constructor(scope: Construct, id: string, stageName: string, stage: Stage) {
    super(scope, id);
    this.#api = new RestApi(this, "Api", {
      // The dimension of its metrics, which two stages in one account would otherwise share.
      restApiName: `latchkey-${stageName}`,
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: false,
      deployOptions: {
        stageName,
        throttlingRateLimit: stage.throttle.requestsPerSecond,
        throttlingBurstLimit: stage.throttle.burst,
      },
    });
    // From the id and not from the stage, which depends on the functions, which are told the issuer.
    const { region, urlSuffix } = Stack.of(this);
    this.issuer = `https://${this.#api.restApiId}.execute-api.${region}.${urlSuffix}/${stageName}`;
    this.#answerAsProblems(stage);
  }

  #answerAsProblems({ problemDocsUrl }: Stage): void {
    for (const row of GATEWAY_RESPONSES) {
      this.#api.addGatewayResponse(row.id, {
        type: row.type,
        statusCode: String(PROBLEMS[row.problem].status),
        responseHeaders: problemHeaders(row),
        templates: { "application/json": problemTemplate(row.problem, problemDocsUrl) },
      });
    }
  }

  /** Leads every route to its function, past the model of its body. */
  route(functions: Readonly<Record<FunctionName, IFunction>>): void {
    const requestValidator = this.#api.addRequestValidator("Body", { validateRequestBody: true });
    const models: Readonly<Record<ModelName, Model>> = {
      start: this.#model("start"),
      check: this.#model("check"),
      resend: this.#model("resend"),
    };
    for (const route of ROUTES) {
      const model = route.model && models[route.model];
      const integration = new LambdaIntegration(functions[route.function], {
        allowTestInvoke: false,
      });
      this.#api.root
        .resourceForPath(route.path)
        .addMethod(
          route.method,
          integration,
          model && { requestValidator, requestModels: { "application/json": model } },
        );
    }
  }

  #model(name: ModelName): Model {
    return this.#api.addModel(`${name}-request`, { schema: requestModel(name) });
  }
}
