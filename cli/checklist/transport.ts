import { CALLBACKS } from "../../infra/routes.ts";
import { at, functionIn, listOf, type Resource, resourcesOf, type Template } from "../template.ts";
import { type Evidence, type Finding, faultsOf, type Question } from "./question.ts";
import { actsOf } from "./statements.ts";

const TOPIC = "Transport";

export const TRANSPORT_QUESTIONS: readonly Question[] = [
  {
    id: "https",
    topic: TOPIC,
    asks: "Is it HTTPS everywhere?",
    find: https,
    enforced: ["infra/gateway.ts", "functions/http/answer.ts", "infra/alert-topic.ts"],
    tested: ["test/infra/transport.test.ts", "test/unit/http/headers.test.ts"],
  },
  {
    id: "back-ends",
    topic: TOPIC,
    asks: "Must a back end sign what it asks?",
    find: ({ template }) => backEnds(template),
    enforced: ["infra/routes.ts", "infra/gateway.ts", "functions/http/back-end.ts"],
    tested: ["test/infra/gateway.test.ts", "test/local/server-routes.test.ts"],
  },
  {
    id: "bodies",
    topic: TOPIC,
    asks: "Is nonsense refused before it costs anything?",
    find: ({ template }) => bodies(template),
    enforced: ["infra/models.ts", "infra/gateway.ts"],
    tested: ["test/infra/models.test.ts", "test/infra/gateway.test.ts"],
  },
];

/** TLS 1.2 at least, and only suites with forward secrecy. */
const POLICY = /^SecurityPolicy_TLS13_1_(3|2_PFS)/;
const YEAR_SECONDS = 31_536_000;

function https({ stage, template, policies }: Evidence): Finding {
  const doors = [
    ...resourcesOf(template, "AWS::ApiGateway::RestApi"),
    ...resourcesOf(template, "AWS::ApiGateway::DomainName"),
  ];
  const policyOf = (door: (typeof doors)[number]) =>
    String(door.Properties["SecurityPolicy"] ?? "none");
  const hsts = policies.safeHeaders["strict-transport-security"] ?? "";
  return {
    value: `${[...new Set(doors.map(policyOf))].join(", ")}, strict; HSTS for a year`,
    faults: [
      ...doors
        .filter((door) => !POLICY.test(policyOf(door)))
        .map(({ id }) => `${id} takes old TLS`),
      ...doors
        .filter(({ Properties }) => Properties["EndpointAccessMode"] !== "STRICT")
        .map(({ id }) => `${id} does not compare the names of TLS and HTTP`),
      ...faultsOf({
        "there is no API": doors.length === 0,
        "no HSTS for a year": Number(/max-age=(\d+)/.exec(hsts)?.[1] ?? 0) < YEAR_SECONDS,
        "Twilio is called without TLS": urlsOf(template).some((url) => !url.startsWith("https://")),
        "alarms may be published without TLS": topicTakesPlain(template),
        "a second door is open beside the domain":
          stage.domain !== undefined &&
          doors.some(({ Properties }) => Properties["DisableExecuteApiEndpoint"] === false),
      }),
    ],
  };
}

function urlsOf(template: Template): readonly string[] {
  return resourcesOf(template, "AWS::Lambda::Function").flatMap(({ Properties }) =>
    listOf(at(Properties, "Environment", "Variables", "TWILIO_BASE_URL")).map(String),
  );
}

function topicTakesPlain(template: Template): boolean {
  const topics = resourcesOf(template, "AWS::SNS::Topic");
  const guards = resourcesOf(template, "AWS::SNS::TopicPolicy").flatMap(({ Properties }) =>
    listOf(at(Properties["PolicyDocument"], "Statement")).filter(
      (statement) =>
        at(statement, "Effect") === "Deny" &&
        actsOf(statement).includes("sns:Publish") &&
        at(statement, "Condition", "Bool", "aws:SecureTransport") === "false",
    ),
  );
  return topics.length > guards.length;
}

/** A caller of routes below /v1/server/ names the address of its client, so these routes must refuse unsigned requests. */
function backEnds(template: Template): Finding {
  const methods = resourcesOf(template, "AWS::ApiGateway::Method");
  const server = methods.filter(({ Properties }) =>
    pathOf(template, Properties["ResourceId"]).startsWith("/v1/server/"),
  );
  const open = server.filter(({ Properties }) => Properties["AuthorizationType"] !== "AWS_IAM");
  return {
    value: `${server.length} routes for back ends, signed for IAM (SigV4); the ${methods.length - server.length} others are for pages, apps and back ends with a key`,
    faults: [
      ...open.map(({ id }) => `${id} is open to anybody`),
      ...faultsOf({ "there is no route for back ends": server.length === 0 }),
    ],
  };
}

function pathOf(template: Template, resourceId: unknown): string {
  const resource = template.Resources[String(at(resourceId, "Ref"))];
  if (resource === undefined) return "";
  const { ParentId, PathPart } = resource.Properties;
  return `${pathOf(template, ParentId)}/${PathPart}`;
}

function bodies(template: Template): Finding {
  const [forms, posts] = byBody(template);
  const validators = new Set(
    resourcesOf(template, "AWS::ApiGateway::RequestValidator")
      .filter(({ Properties }) => Properties["ValidateRequestBody"] === true)
      .map(({ id }) => id),
  );
  const loose = posts.filter(
    ({ Properties }) =>
      at(Properties, "RequestModels", "application/json") === undefined ||
      !validators.has(String(at(Properties, "RequestValidatorId", "Ref"))),
  );
  return {
    value: `${posts.length - loose.length} of ${posts.length} routes with a body have a model; ${forms.length} take forms, from Twilio with its signature or from a back end with its key`,
    faults: loose.map(({ id }) => `${id} takes any body`),
  };
}

/** Callbacks and the API of Twilio Verify take forms, for which the gateway has no models: their functions judge them. */
function byBody(
  template: Template,
): readonly [forms: readonly Resource[], others: readonly Resource[]] {
  const methods = resourcesOf(template, "AWS::ApiGateway::Method").filter(
    ({ Properties }) => Properties["HttpMethod"] === "POST",
  );
  const ids = [...CALLBACKS, "serve-twilio-verify" as const].map(
    (name) => functionIn(template, name)?.id,
  );
  const takesForm = ({ Properties }: Resource) => {
    const uri = JSON.stringify(at(Properties, "Integration", "Uri"));
    return ids.some((id) => uri.includes(`"${id}"`));
  };
  return [methods.filter(takesForm), methods.filter((method) => !takesForm(method))];
}
