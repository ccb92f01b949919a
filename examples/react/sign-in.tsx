import "@latchkey/client/form";
import type { LatchkeyForm, LatchkeyFormEvents } from "@latchkey/client/form";
import type { DetailedHTMLProps, HTMLAttributes } from "react";

/** React 19 hands attributes and listeners to custom elements; it only has to be told which there are. */
type FormProps = DetailedHTMLProps<HTMLAttributes<LatchkeyForm>, LatchkeyForm> & {
  readonly "base-url"?: string;
  readonly purpose?: string;
  readonly countries?: string;
  readonly channels?: string;
  readonly locale?: string;
  readonly "onlatchkey-proof"?: (event: LatchkeyFormEvents["latchkey-proof"]) => void;
};
declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "latchkey-form": FormProps;
    }
  }
}

type Props = {
  /** From the session of your back end. */
  readonly nonce: string;
  /** Send it to your back end, which alone is believed. */
  readonly onProof: (proof: string) => void;
};

export function SignIn({ nonce, onProof }: Props) {
  return (
    <latchkey-form
      base-url="https://verify.example.com"
      purpose="login"
      nonce={nonce}
      onlatchkey-proof={({ detail }) => onProof(detail.proof)}
    />
  );
}
