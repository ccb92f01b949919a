import { Stack } from "aws-cdk-lib";
import {
  CfnBasePathMapping,
  DomainName,
  EndpointAccessMode,
  EndpointType,
  type RestApi,
  SecurityPolicy,
} from "aws-cdk-lib/aws-apigateway";
import { Certificate, type ICertificate } from "aws-cdk-lib/aws-certificatemanager";
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
export function apiAddress(
  api: RestApi,
  stageName: string,
  domainName: string | undefined,
): string {
  if (domainName !== undefined) return `https://${domainName}`;
  const { region, urlSuffix } = Stack.of(api);
  return `https://${api.restApiId}.execute-api.${region}.${urlSuffix}/${stageName}`;
}

type Domain = { readonly name: string; readonly certificate: ICertificate };

/** The domain of the props, or else that of the settings. */
export function domainOf(
  scope: Construct,
  { domain, stage }: { readonly domain?: Domain; readonly stage: Stage },
): Domain | undefined {
  if (domain !== undefined || stage.domain === undefined) return domain;
  const { name, certificateArn } = stage.domain;
  return {
    name,
    certificate: Certificate.fromCertificateArn(scope, "Certificate", certificateArn),
  };
}

/** Serves the API under a name of the operator's, and returns where its DNS record, made by hand, must lead. */
export function serveUnder(scope: Construct, api: RestApi, { name, certificate }: Domain): string {
  const domain = new DomainName(scope, "Domain", {
    ...TLS,
    domainName: name,
    certificate,
    endpointType: EndpointType.REGIONAL,
  });
  new CfnBasePathMapping(scope, "DomainMapping", {
    domainName: domain.domainName,
    restApiId: api.restApiId,
    stage: api.deploymentStage.stageName,
  });
  return domain.domainNameAliasDomainName;
}
