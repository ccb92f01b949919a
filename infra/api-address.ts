import { CfnOutput, Stack } from "aws-cdk-lib";
import {
  CfnBasePathMapping,
  DomainName,
  EndpointAccessMode,
  EndpointType,
  type RestApi,
  SecurityPolicy,
} from "aws-cdk-lib/aws-apigateway";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import type { Construct } from "constructs";
import type { Stage } from "./stage.ts";

/**
 * TLS 1.3, and 1.2 for old phones, both with forward secrecy and a key exchange that holds against quantum computers. STRICT also refuses a
 * connection whose name (SNI) is not that of its request. An API that says nothing takes TLS 1.0.
 */
export const TLS = {
  securityPolicy: SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09,
  endpointAccessMode: EndpointAccessMode.STRICT,
} as const;

/**
 * Where the API lives, from its id and not from its stage: the stage depends on the functions, which are told this address as the issuer
 * of their proofs.
 */
export function apiAddress(api: RestApi, stageName: string, { domain }: Stage): string {
  if (domain !== undefined) return `https://${domain.name}`;
  const { region, urlSuffix } = Stack.of(api);
  return `https://${api.restApiId}.execute-api.${region}.${urlSuffix}/${stageName}`;
}

/** Serves the API under a name of the operator's. His DNS leads there by hand: it may lie anywhere. */
export function serveUnder(
  scope: Construct,
  api: RestApi,
  { name, certificateArn }: NonNullable<Stage["domain"]>,
): void {
  const domain = new DomainName(scope, "Domain", {
    ...TLS,
    domainName: name,
    certificate: Certificate.fromCertificateArn(scope, "Certificate", certificateArn),
    endpointType: EndpointType.REGIONAL,
  });
  new CfnBasePathMapping(scope, "DomainMapping", {
    domainName: domain.domainName,
    restApiId: api.restApiId,
    stage: api.deploymentStage.stageName,
  });
  new CfnOutput(scope, "DomainTarget", {
    description: `The CNAME record of ${name} leads here`,
    value: domain.domainNameAliasDomainName,
  });
}
