import type { APIGatewayProxyEvent } from "aws-lambda";
import { logApp } from "../runtime/log.ts";
import { appOf, isVerificationId, OWN_APP } from "../verification/identifiers.ts";
import type { Endpoint } from "./api.ts";
import { isFromBackEnd } from "./back-end.ts";
import { header } from "./headers.ts";
import { Problem } from "./problem.ts";

/** The app of a start without a web page: of a native app, or of a back end that signs. */
const APP_HEADER = "latchkey-app";

/** One app of a stage. */
export type App<Made> = {
  /** Empty where a stage has no other. */
  readonly name: string;
  readonly origins: readonly string[];
  /** Whether requests without a web page are accepted. */
  readonly isNative: boolean;
  /** The endpoint of its requests, made at the first of them. */
  readonly made: () => Made;
};

/** The stage's own app first. */
export type Apps<Made> = readonly [App<Made>, ...App<Made>[]];

/** Answers each request by the endpoint of its app. */
export function byApp(apps: Apps<Endpoint>): Endpoint {
  return async (event) => chosen(appFor(apps, event))(event);
}

/** The dependencies of the app of an API key. A key of a name that is not in the settings is one of the stage's own app. */
export function byName<Made>(apps: Apps<Made>): (name: string) => Made {
  const [own] = apps;
  return (name) => chosen(apps.find((app) => app.name === name) ?? own);
}

function chosen<Made>({ name, made }: App<Made>): Made {
  logApp(name);
  return made();
}

/**
 * The app of a page is that of its origin. A request without one names its app: by the id of its verification, or at a start by a header, where
 * the stage's own is meant if there is none. Throws a problem for a name that no app has or that is not the page's, and for an app without native
 * clients.
 */
function appFor(apps: Apps<Endpoint>, event: APIGatewayProxyEvent): App<Endpoint> {
  const origin = header(event, "origin");
  const id = event.pathParameters?.["id"];
  const named = id === undefined ? header(event, APP_HEADER) : nameIn(id);
  const ofPage = apps.find(({ origins }) => origin !== undefined && origins.includes(origin));
  // The domain finds no verification of another app.
  if (ofPage !== undefined && (named === undefined || id !== undefined || isNamed(ofPage, named)))
    return ofPage;
  // An admitted page of no app is one of the local system.
  const isOpen = origin !== undefined || isFromBackEnd(event) || apps.length === 1;
  const app = apps.find((one) => isNamed(one, named ?? OWN_APP) && (isOpen || one.isNative));
  if (app !== undefined && ofPage === undefined) return app;
  throw new Problem(id === undefined ? "app-not-allowed" : "verification-not-found");
}

function nameIn(id: string): string | undefined {
  return isVerificationId(id) ? appOf(id) : undefined;
}

function isNamed({ name }: App<unknown>, text: string): boolean {
  return (name === "" ? OWN_APP : name) === text;
}
