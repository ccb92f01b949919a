import { createClient, type Session } from "@latchkey/client";
import { getRandomBytes } from "expo-crypto";
import { useState } from "react";
import { Platform, Pressable, Text, TextInput, View } from "react-native";

const client = createClient({
  baseUrl: "https://verify.example.com",
  // React Native has no `crypto`, and a key of a request must not be guessable.
  randomBytes: getRandomBytes,
});

type Props = {
  /** From the session of your back end. */
  readonly nonce: string;
  /** Send it to your back end, which alone is believed. */
  readonly onProof: (proof: string) => void;
};

/** Two screens: the number, then the code. Taps may be doubled and answers lost: the client makes one request of them. */
export function SignIn({ nonce, onProof }: Props) {
  const [number, setNumber] = useState("+44");
  const [session, setSession] = useState<Session>();
  const [told, setTold] = useState("");

  async function start(): Promise<void> {
    const platform = Platform.OS === "ios" ? "ios" : "android";
    const outcome = await client.start({ to: number, purpose: "login", platform, nonce });
    if (outcome.kind === "started") setSession(outcome.session);
    if (outcome.kind === "problem") setTold(outcome.title);
  }

  async function check(code: string): Promise<void> {
    if (session === undefined || code.length < session.verification.codeLength) return;
    const outcome = await session.check(code);
    if (outcome.kind === "approved") onProof(outcome.proof);
    if (outcome.kind === "not-approved") setTold(`Checks left: ${outcome.checksRemaining}`);
    if (outcome.kind === "problem") setTold(outcome.title);
  }

  return (
    <View>
      {session === undefined ? (
        <>
          <TextInput
            accessibilityLabel="Mobile number"
            autoComplete="tel"
            inputMode="tel"
            value={number}
            onChangeText={setNumber}
          />
          <Pressable accessibilityRole="button" onPress={() => void start()}>
            <Text>Send code</Text>
          </Pressable>
        </>
      ) : (
        <TextInput
          accessibilityLabel="Code"
          autoComplete={Platform.OS === "ios" ? "one-time-code" : "sms-otp"}
          autoFocus
          inputMode="numeric"
          maxLength={session.verification.codeLength}
          textContentType="oneTimeCode"
          onChangeText={(code) => void check(code)}
        />
      )}
      <Text accessibilityRole="alert">{told}</Text>
    </View>
  );
}
