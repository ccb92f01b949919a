import { LatchkeyForm } from "@latchkey/client/react";

type Props = {
  /** From the session of your back end. */
  readonly nonce: string;
  /** Send it to your back end, which alone is believed. */
  readonly onProof: (proof: string) => void;
};

export function SignIn({ nonce, onProof }: Props) {
  return (
    <LatchkeyForm
      baseUrl="https://verify.example.com"
      purpose="login"
      nonce={nonce}
      onProof={({ proof }) => onProof(proof)}
    />
  );
}
