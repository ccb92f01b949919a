import { createElement, useState } from "react";
import { createRoot } from "react-dom/client";
import { SignIn } from "../../examples/react/sign-in.tsx";

/** An app around the example: shows it until there is a proof. */
function App() {
  const [proof, setProof] = useState("");
  globalThis.proof = proof;
  if (proof !== "") return createElement("p", {}, "proven");
  return createElement(SignIn, { nonce: "n-react", onProof: setProof });
}

createRoot(document.getElementById("root")).render(createElement(App));
