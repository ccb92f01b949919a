import { DescribeCertificateCommand } from "@aws-sdk/client-acm";
import { asking } from "../aws-faults.ts";
import { type Finding, faultsOf } from "../checklist/question.ts";
import type { LiveDeps, LiveQuestion } from "./question.ts";

export const DOMAIN_LIVE: LiveQuestion = {
  id: "domain",
  topic: "Watching and keeping",
  asks: "Is the domain's certificate issued, for its name, in this region?",
  find: domain,
};

/** The name may resolve only after the deployment, whose output DomainTarget it leads to. */
async function domain({ stage, region, aws, resolve }: LiveDeps): Promise<Finding> {
  const { domain: wanted } = stage;
  if (wanted === undefined) return { value: "no domain: the address that AWS gives", faults: [] };
  const { name, certificateArn } = wanted;
  const here = await region();
  const [, , , there] = certificateArn.split(":");
  const value = `${name} ${await resolve(name).then(() => "resolves", unresolved)}`;
  if (there !== here)
    return { value, faults: [`the certificate is in ${there}, and the region is ${here}`] };
  const { status, names } = await certificateOf(aws, certificateArn);
  return {
    value: `${value}; its certificate is ${status}, for ${names.join(", ") || "no name"}`,
    faults: faultsOf({
      [`the certificate is ${status}: in ACM, create the records that validate it, or request another`]:
        status !== "ISSUED",
      [`the certificate must cover ${name}: request one for it`]: !names.some((covered) =>
        covers(covered, name),
      ),
    }),
  };
}

/** A server that fails, or that nothing reaches, does not answer the question. */
function unresolved({ code }: { readonly code?: string }): string {
  return code === "ENOTFOUND" || code === "ENODATA"
    ? "does not resolve yet: after the deployment, lead it to the output DomainTarget"
    : `could not be looked up from here (${code})`;
}

async function certificateOf(aws: LiveDeps["aws"], CertificateArn: string) {
  const asked = new DescribeCertificateCommand({ CertificateArn });
  return asking(() => aws.certificates.send(asked)).then(
    ({ Certificate: { Status = "unknown", SubjectAlternativeNames = [] } = {} }) => ({
      status: Status,
      names: SubjectAlternativeNames,
    }),
    (fault: unknown) => {
      if (fault instanceof Error && fault.name === "ResourceNotFoundException")
        return { status: "not there", names: [] };
      throw fault;
    },
  );
}

/** A wildcard stands for one label (RFC 6125 §6.4.3). */
function covers(covered: string, name: string): boolean {
  return covered === name || covered === name.replace(/^[^.]+/, "*");
}
