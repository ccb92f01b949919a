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

/** A server that Twilio calls back: hears everything, and answers what it is told to. */
export type Listener = {
  readonly url: string;
  readonly heard: Heard[];
  reply: (heard: Heard) => Reply | Promise<Reply>;
  readonly stop: () => Promise<void>;
};

const TAKEN: Reply = { status: 204 };

export async function startListener(): Promise<Listener> {
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
  const listener: Listener = {
    url: localUrl(await listen(server)),
    heard,
    reply: () => TAKEN,
    stop: () => close(server),
  };
  return listener;
}

/** Whether Twilio's own check accepts a request as Twilio's. */
export function isSigned(authToken: string, { url }: Listener, heard: Heard): boolean {
  return twilio.validateRequest(authToken, heard.signature, url + heard.path, { ...heard.form });
}
