import { describe, expect, it } from "vitest";
import type { Endpoint } from "../../../functions/http/api.ts";
import { type App, type Apps, byApp, byName } from "../../../functions/http/apps.ts";
import { newVerificationId } from "../../../functions/verification/identifiers.ts";
import { anEvent } from "../../support/events.ts";

const random = { bytes: (count: number) => new Uint8Array(count) };
const idOf = (app?: string) => newVerificationId(1, random, app);

function anApp<Made>(
  name: string,
  made: Made,
  { page, isNative = false }: { readonly page?: string; readonly isNative?: boolean } = {},
): App<Made> {
  return { name, origins: page === undefined ? [] : [page], isNative, made: () => made };
}

const answering =
  (name: string): Endpoint =>
  async () => ({ status: 200, outcome: name });

const APPS: Apps<Endpoint> = [
  anApp("main", answering("main"), { page: "https://main.test" }),
  anApp("shop", answering("shop"), { page: "https://shop.test" }),
  anApp("taxi", answering("taxi"), { isNative: true }),
];
const ALONE: Apps<Endpoint> = [anApp("", answering("main"), { page: "https://main.test" })];

type Asked = {
  readonly origin?: string;
  readonly app?: string;
  readonly id?: string;
  readonly path?: string;
};

async function answerOf(
  apps: Apps<Endpoint>,
  { origin, app, id, path = "/v1/verifications" }: Asked,
): Promise<string> {
  const headers = {
    ...(origin === undefined ? {} : { Origin: origin }),
    ...(app === undefined ? {} : { "Latchkey-App": app }),
  };
  const event = anEvent({ resourcePath: path, headers, ...(id === undefined ? {} : { id }) });
  try {
    return (await byApp(apps)(event)).outcome;
  } catch (refusal) {
    return String(Object(refusal).code);
  }
}

describe("of several apps", () => {
  it.each<[Asked, string]>([
    [{ origin: "https://main.test" }, "main"],
    [{ origin: "https://shop.test" }, "shop"],
    [{ origin: "https://shop.test", app: "shop" }, "shop"],
    [{ origin: "https://shop.test", app: "main" }, "app-not-allowed"],
    [{ origin: "https://shop.test", app: "other" }, "app-not-allowed"],
    // What follows a start: the domain knows no id of another app.
    [{ origin: "https://shop.test", id: idOf() }, "shop"],
    [{ origin: "https://shop.test", id: idOf("taxi") }, "shop"],
    // No page: native clients alone.
    [{ app: "taxi" }, "taxi"],
    [{}, "app-not-allowed"],
    [{ app: "main" }, "app-not-allowed"],
    [{ app: "shop" }, "app-not-allowed"],
    [{ app: "" }, "app-not-allowed"],
    [{ app: "other" }, "app-not-allowed"],
    [{ app: "__proto__" }, "app-not-allowed"],
    [{ id: idOf("taxi") }, "taxi"],
    [{ id: idOf("taxi"), app: "shop" }, "taxi"],
    [{ id: idOf("shop") }, "verification-not-found"],
    [{ id: idOf() }, "verification-not-found"],
    [{ id: idOf("other") }, "verification-not-found"],
    [{ id: "no id" }, "verification-not-found"],
    // A back end that has signed.
    [{ path: "/v1/server/verifications" }, "main"],
    [{ path: "/v1/server/verifications", app: "shop" }, "shop"],
    [{ path: "/v1/server/verifications", app: "other" }, "app-not-allowed"],
    [{ path: "/v1/server/verifications/{id}/check", id: idOf("shop") }, "shop"],
    // A page that only the local system admits may try any app.
    [{ origin: "http://localhost:3000", app: "shop" }, "shop"],
    [{ origin: "http://localhost:3000" }, "main"],
  ])("%j is answered by %s", async (asked, answer) => {
    expect(await answerOf(APPS, asked)).toBe(answer);
  });

  it("the app of an API key is that of its name, and the stage's own for any other name", () => {
    const depsOf = byName([anApp("main", 1), anApp("shop", 2)]);
    expect([depsOf("shop"), depsOf("main"), depsOf("billing")]).toEqual([2, 1, 1]);
  });
});

describe("of a stage without other apps", () => {
  it.each<[Asked, string]>([
    [{}, "main"],
    [{ origin: "https://main.test" }, "main"],
    [{ app: "main" }, "main"],
    [{ app: "shop" }, "app-not-allowed"],
    [{ id: idOf() }, "main"],
    [{ id: idOf("shop") }, "verification-not-found"],
  ])("%j is answered by %s", async (asked, answer) => {
    expect(await answerOf(ALONE, asked)).toBe(answer);
  });
});
