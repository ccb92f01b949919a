import type { Route } from "../template/routes.ts";

/** The route of a request, and the parameters of its path. */
export type Match = {
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
};

/**
 * Finds the route of a request. A fixed part wins over a parameter. `undefined` for a path or a method that the gateway does not have, and
 * for a path that is not percent-encoded UTF-8.
 */
export function match(routes: readonly Route[], method: string, path: string): Match | undefined {
  const parts = decodedParts(path);
  if (parts === undefined) return undefined;
  const found = routes
    .filter((route) => route.method === method || route.method === "ANY")
    .flatMap((route) => {
      const parameters = parametersOf(route.path.split("/"), parts);
      return parameters === undefined ? [] : [{ route, parameters }];
    });
  return found.toSorted((a, b) => size(a) - size(b))[0];
}

/** A greedy path comes last. */
function size({ route, parameters }: Match): number {
  return GREEDY.test(route.path) ? Number.POSITIVE_INFINITY : Object.keys(parameters).length;
}

const GREEDY = /\/\{proxy\+\}$/;

function decodedParts(path: string): readonly string[] | undefined {
  try {
    return path.split("/").map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function parametersOf(
  pattern: readonly string[],
  parts: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (pattern.at(-1) === "{proxy+}") {
    const fixed = pattern.slice(0, -1);
    const isBelow = fixed.every((part, index) => part === parts[index]);
    const proxy = parts.slice(fixed.length).join("/");
    return isBelow && proxy !== "" ? { proxy } : undefined;
  }
  if (pattern.length !== parts.length) return undefined;
  const pairs = pattern.map((part, index) => ({
    name: /^\{(\w+)\}$/.exec(part)?.[1],
    part,
    value: parts[index] ?? "",
  }));
  const fits = pairs.every(({ name, part, value }) =>
    name === undefined ? part === value : value !== "",
  );
  if (!fits) return undefined;
  return Object.fromEntries(
    pairs.flatMap(({ name, value }) => (name === undefined ? [] : [[name, value]])),
  );
}
