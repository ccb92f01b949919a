import { environments } from "../../../infra/environments.ts";
import { STAGES } from "../../../infra/stages.ts";
import { NOWHERE } from "../../support/nowhere.ts";

/** What the functions of production are told, wherever its parts may lie. */
export const PROD = environments(STAGES.prod, NOWHERE);
