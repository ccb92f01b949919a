import type { FunctionName } from "../functions/runtime/environment.ts";
import { environments, type Places } from "./environments.ts";
import type { Stage } from "./stage.ts";

/**
 * The stage of each other app: that of the stage, with the app's own settings. The hash of an Android app, native clients and a service sid are of
 * one app only.
 */
export function appStages({ apps = {}, ...stage }: Stage): readonly (readonly [string, Stage])[] {
  const { androidAppHash: _, nativeApps: __, verifyServiceSid: ___, ...shared } = stage;
  return Object.entries(apps).map(([name, own]) => [name, { ...shared, ...own }]);
}

type Variables = Readonly<Record<string, string>>;

/** The environment of each function, and for each other app of the stage the variables of a function that differ. Challenges are the stage's. */
export function environmentsByApp(stage: Stage, places: Places) {
  const environment = environments(stage, places);
  const others = appStages(stage).map(([app, ofApp]) => environments(ofApp, places, app));
  const appsOf = (name: FunctionName): readonly Variables[] => {
    const own: Variables = environment[name];
    const differs = ([variable, value]: readonly [string, string]) =>
      variable !== "CHALLENGE" && value !== own[variable];
    return "APP" in own
      ? others.map((of) => Object.fromEntries(Object.entries(of[name]).filter(differs)))
      : [];
  };
  return { environment, appsOf } as const;
}
