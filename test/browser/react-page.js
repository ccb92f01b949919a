import { createElement, useState } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { LatchkeyForm } from "../../client/src/react.ts";
import { SignIn } from "../../examples/react/sign-in.tsx";

/** An app around the example: shows it until there is a proof. */
function App() {
  const [proof, setProof] = useState("");
  globalThis.proof = proof;
  if (proof !== "") return createElement("p", {}, "proven");
  return createElement(SignIn, { nonce: "n-react", onProof: setProof });
}

const root = createRoot(document.getElementById("root"));
root.render(createElement(App));
globalThis.show = (props) => {
  flushSync(() => root.render(createElement(LatchkeyForm, props)));
  const { outerHTML, texts } = document.querySelector("latchkey-form");
  return `${outerHTML} ${texts.send}`;
};
