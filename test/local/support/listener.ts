import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import twilio from "twilio";
import { close, listen, localUrl, serverOf } from "../../../local/listening.ts";

/** A request of Twilio's, as it came. */
export type Heard = {
  readonly method: string;
  readonly path: string;
  readonly form: Readonly<Record<string, string>>;
  readonly signature: string;
  readonly headers: IncomingMessage["headers"];
};

type Reply = { readonly status: number; readonly body?: string; readonly type?: string };

export type Listener = Awaited<ReturnType<typeof startListener>>;

/** A server that Twilio calls back: hears everything, and answers what it is told to. */
export async function startListener() {
  const heard: Heard[] = [];
  const server = serverOf(async (request, response) => {
    const one: Heard = {
      method: request.method ?? "",
      path: request.url ?? "",
      form: Object.fromEntries(new URLSearchParams(await text(request))),
      signature: String(request.headers["x-twilio-signature"]),
      headers: request.headers,
    };
    heard.push(one);
    const { status, body, type = "text/xml" } = await listener.reply(one);
    response.writeHead(status, body === undefined ? {} : { "content-type": type }).end(body);
  });
  const listener = {
    url: localUrl(await listen(server)),
    heard,
    reply: (_: Heard): Reply | Promise<Reply> => ({ status: 204 }),
    stop: () => close(server),
  };
  return listener;
}

/** Whether Twilio's own check accepts a request as Twilio's. */
export function isSigned(authToken: string, { url }: Pick<Listener, "url">, heard: Heard): boolean {
  return twilio.validateRequest(authToken, heard.signature, url + heard.path, { ...heard.form });
}
