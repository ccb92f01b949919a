import { randomUUID } from "node:crypto";
import { setEnvironmentData } from "node:worker_threads";
import * as v from "valibot";
import { type Assembly, synthesizedAssembly } from "../../../local/assembly.ts";
import { NOT_DRAWN, PLACES } from "./rig-places.ts";

export type Environment = Readonly<Record<string, string>>;

export type Rig = Awaited<ReturnType<typeof rigged>>;

const RUNTIME = new URL("./turned-runtime.ts", import.meta.url).href;

const LAMBDA = v.looseObject({
  Type: v.literal("AWS::Lambda::Function"),
  Properties: v.looseObject({
    Environment: v.looseObject({ Variables: v.record(v.string(), v.unknown()) }),
  }),
});
const TEMPLATE = v.looseObject({ Resources: v.record(v.string(), v.unknown()) });

/** A stack whose functions run by a clock that tests turn. Its bundles, routes and limits are those of the stage. */
export async function rigged(
  environment: Environment = {},
  assemble: () => Promise<Assembly> = synthesizedAssembly,
) {
  const name = randomUUID();
  const shared = new SharedArrayBuffer(Object.keys(PLACES).length * Float64Array.BYTES_PER_ELEMENT);
  const places = new Float64Array(shared).fill(NOT_DRAWN);
  places[PLACES.skewMilliseconds] = 0;
  const set = (more: Environment) =>
    setEnvironmentData(name, { shared, environment: { ...environment, ...more } });
  set({});
  const { template, assemblyDirectory } = await assemble();
  const skew = () => places[PLACES.skewMilliseconds] ?? 0;
  return {
    assembly: {
      template: withVariables(template, { NODE_OPTIONS: `--import ${RUNTIME}`, ATTACK_RIG: name }),
      assemblyDirectory,
    },
    /** What the clock of the functions says now, in Unix milliseconds. */
    now: () => Date.now() + skew(),
    /** Lets so many seconds pass for the functions; fewer than none lets the clock go back. */
    turn: (seconds: number) => {
      places[PLACES.skewMilliseconds] = skew() + seconds * 1_000;
    },
    /** What the generator draws next; then it is random again. */
    draw: (next: number) => {
      places[PLACES.nextDraw] = next;
    },
    /** Variables of the functions that have not started yet. */
    set,
  };
}

function withVariables(template: unknown, variables: Environment): unknown {
  const { Resources, ...rest } = v.parse(TEMPLATE, template);
  const changed = Object.entries(Resources).map(([id, resource]) => {
    const lambda = v.safeParse(LAMBDA, resource);
    if (!lambda.success) return [id, resource];
    const { Properties, ...others } = lambda.output;
    const { Environment, ...properties } = Properties;
    const Variables = { ...Environment.Variables, ...variables };
    return [id, { ...others, Properties: { ...properties, Environment: { Variables } } }];
  });
  return { ...rest, Resources: Object.fromEntries(changed) };
}
