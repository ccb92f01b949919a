/**
 * Loaded into each thread of a function before its bundle, as `faketime` would be: turns its clock, sets a variable as an operator could not from
 * outside, and draws the code that a test wants to see. The bundle itself stays as it is deployed.
 */
import crypto from "node:crypto";
import { Socket } from "node:net";
import { env } from "node:process";
import { getEnvironmentData } from "node:worker_threads";
import { AWS_CLIENT } from "../../../functions/adapters/aws/client.ts";
import { NOT_DRAWN, PLACES } from "./rig-places.ts";

const { shared, environment } = Object(getEnvironmentData(env["ATTACK_RIG"] ?? ""));
const places = new Float64Array(shared);
Object.assign(env, environment);

const now = Date.now;
Date.now = () => now() + (places[PLACES.skewMilliseconds] ?? 0);

const randomInt: (below: number) => number = crypto.randomInt;
Object.assign(crypto, {
  randomInt(below: number): number {
    const drawn = below === 1_000_000 ? (places[PLACES.nextDraw] ?? NOT_DRAWN) : NOT_DRAWN;
    if (drawn === NOT_DRAWN) return randomInt(below);
    places[PLACES.nextDraw] = NOT_DRAWN;
    return drawn;
  },
});

/** Functions give AWS a second. A machine that runs hundreds of them, and the services too, may not come round in one. */
const AWS_MILLISECONDS = AWS_CLIENT.requestHandler.requestTimeout;
const PATIENCE = 20;
const patient = (milliseconds = 0) =>
  milliseconds === AWS_MILLISECONDS ? milliseconds * PATIENCE : milliseconds;

const later = globalThis.setTimeout;
Object.assign(globalThis, {
  setTimeout: (work: () => void, milliseconds?: number) => later(work, patient(milliseconds)),
});
const { setTimeout: whenIdle } = Socket.prototype;
Object.assign(Socket.prototype, {
  setTimeout(this: Socket, milliseconds: number, work?: () => void): Socket {
    return whenIdle.call(this, patient(milliseconds), work);
  },
});
