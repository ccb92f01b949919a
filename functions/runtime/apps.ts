import type { App, Apps } from "../http/apps.ts";
import { OWN_APP } from "../verification/identifiers.ts";
import { appEnvironments, originsIn } from "./environment.ts";

type AppEnv = { readonly APP: string; readonly ALLOWED_ORIGINS: string; readonly HAS_APPS: string };

/** The apps of a stage, each with what `make` makes of its environment: for the stage's own at once, for another when it is first asked for. */
export function appsOf<E extends AppEnv, Made>(env: E, make: (env: E) => Made): Apps<Made> {
  const [own, ...others] = appEnvironments(env);
  const made = make(own);
  return [
    { ...settingsOf(own), made: () => made },
    ...others.map((other) => {
      let first: { readonly made: Made } | undefined;
      return {
        ...settingsOf(other),
        made: () => {
          first ??= { made: make(other) };
          return first.made;
        },
      };
    }),
  ];
}

function settingsOf({ APP, ALLOWED_ORIGINS, HAS_APPS }: AppEnv): Omit<App<unknown>, "made"> {
  return { name: APP, origins: originsIn(ALLOWED_ORIGINS), isNative: HAS_APPS === "yes" };
}

/** The app in ids and claims: nothing for the stage's own, so that its ids stay as they are once others are added. */
export function appIn({ APP }: Pick<AppEnv, "APP">): string | undefined {
  return APP === "" || APP === OWN_APP ? undefined : APP;
}
