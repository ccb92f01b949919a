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
 * TLS 1.3, and 1.2 for old phones, both with forward secrecy and a key exchange that resists quantum computers. STRICT also refuses a connection
 * whose name (SNI) differs from that of its request. The default of an API includes TLS 1.0.
 */
export const TLS = {
  securityPolicy: SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09,
  endpointAccessMode: EndpointAccessMode.STRICT,
} as const;

/**
 * The address of the API, from its id and not from its stage: the stage depends on the functions, which receive this address as the issuer of
 * proofs.
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

/** Serves the API under the operator's domain. Returns the target of its DNS record, which is made by hand. */
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
