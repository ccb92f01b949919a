/** dynalite brings no types; these are of the part that is used. */
declare module "dynalite" {
  import type { Server } from "node:http";

  function dynalite(options: {
    readonly createTableMs: number;
    readonly deleteTableMs: number;
    readonly updateTableMs: number;
    readonly path?: string;
  }): Server;
  export = dynalite;
}
