import type { TwilioCredentials } from "../../functions/adapters/twilio/credentials.ts";
import type { Stage, StageName } from "../../infra/stages.ts";
import type { Finding } from "../checklist/question.ts";
import type { Template } from "../template.ts";
import type { AwsClients } from "./aws.ts";
import type { Handshake } from "./tls.ts";
import type { TwilioReader } from "./twilio-reader.ts";

/** One resource of the deployed stack: its logical id, and its name or id at AWS. */
export type Deployed = { readonly logicalId: string; readonly id: string; readonly type: string };

/** The sources of what the template does not contain. An answer that several questions need is fetched once. */
export type LiveDeps = {
  readonly stageName: StageName;
  readonly stackName: string;
  readonly stage: Stage;
  /** The template that this checkout would deploy. */
  readonly template: Template;
  readonly aws: AwsClients;
  readonly region: () => Promise<string>;
  readonly deployed: (type: string) => Promise<readonly Deployed[]>;
  readonly address: () => Promise<string>;
  readonly credentials: () => Promise<TwilioCredentials>;
  readonly twilio: TwilioReader;
  readonly handshake: Handshake;
  /** The addresses of a name. Resolvers refuse a query for all its records (RFC 8482). */
  readonly resolve: (name: string) => Promise<readonly string[]>;
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
};

/** A question that only a deployment can answer. */
export type LiveQuestion = {
  readonly id: string;
  readonly topic: string;
  readonly asks: string;
  /** Throws if the source does not answer: then the question neither holds nor fails. */
  readonly find: (deps: LiveDeps) => Promise<Finding>;
};
