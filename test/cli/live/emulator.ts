import type { IncomingMessage } from "node:http";
import { text as textOf } from "node:stream/consumers";
import { awsClients } from "../../../cli/live/aws.ts";
import { twilioReader } from "../../../cli/live/twilio-reader.ts";
import { close, serverOf } from "../../../local/listening.ts";
import { leaveUnchecked } from "../../support/check-every-answer.ts";
import { clientSettings } from "../stack-answer.ts";

/** What an emulator answers: a status, and a body as JSON; of AWS's query protocol as XML. */
type Answer = readonly [status: number, body: unknown];

/** Answers by name: an operation of AWS (`DescribeStacks`), a path of Twilio or of the API with its method (`GET /v1/…`). */
export type Cloud = Record<string, (asked: string) => Answer>;

export const REFUSED: Answer = [403, { refused: "AccessDenied" }];
export const BROKEN: Answer = [500, { refused: "InternalFailure" }];

/** AWS, Twilio and the deployed API in one server, which answers as `cloud` says at the moment. */
export async function startEmulator(cloud: () => Cloud) {
  const asked: string[] = [];
  const server = serverOf(async (request, response) => {
    const body = await textOf(request);
    const { name, isQuery } = nameOf(request, body);
    asked.push(name);
    const [status, content] = cloud()[name]?.(body) ?? [400, { refused: `no emulator ${name}` }];
    const [contentType, text] = written(name, { isQuery, status, content });
    response.writeHead(status, {
      // A connection that is kept could end between two questions on a busy machine.
      connection: "close",
      "content-type": contentType,
      "strict-transport-security": "max-age=31536000",
    });
    response.end(text);
  });
  const settings = await clientSettings(server);
  const url = settings.endpoint;
  // Breaks answers on purpose.
  leaveUnchecked(url);
  return {
    url,
    asked,
    aws: awsClients(settings),
    twilio: twilioReader({ api: url, accounts: url, messaging: url, voice: url }),
    stop: () => close(server),
  };
}

function nameOf({ headers, method, url = "" }: IncomingMessage, body: string) {
  const target = headers["x-amz-target"];
  if (typeof target === "string") return { name: target.split(".").at(-1) ?? "", isQuery: false };
  const action = new URLSearchParams(body).get("Action");
  if (action !== null) return { name: action, isQuery: true };
  return { name: `${method} ${url.split("?")[0]}`, isQuery: false };
}

type Content = { readonly isQuery: boolean; readonly status: number; readonly content: unknown };

function written(name: string, { isQuery, status, content }: Content): readonly [string, string] {
  // Twilio and the API say what is wrong by their status alone.
  const isFault = status >= 400 && !/^(GET|POST) /.test(name);
  return isQuery
    ? ["text/xml", xmlAnswer(name, content, isFault)]
    : ["application/json", jsonAnswer(content, isFault)];
}

function jsonAnswer(content: unknown, isFault: boolean): string {
  const code = String(Object(content).refused);
  return JSON.stringify(isFault ? { __type: `${code}Exception`, message: code } : content);
}

function xmlAnswer(name: string, content: unknown, isFault: boolean): string {
  const code = String(Object(content).refused);
  return isFault
    ? xml({ ErrorResponse: { Error: { Type: "Sender", Code: code, Message: code } } })
    : xml({ [`${name}Response`]: { [`${name}Result`]: content } });
}

function xml(value: unknown): string {
  if (Array.isArray(value)) return value.map((one) => `<member>${xml(one)}</member>`).join("");
  if (typeof value === "object" && value !== null)
    return Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([tag, inner]) => `<${tag}>${xml(inner)}</${tag}>`)
      .join("");
  return String(value).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
