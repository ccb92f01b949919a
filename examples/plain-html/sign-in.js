/** Your back end checks the proof, and answers with a session of its own: see the examples for Node, Python and Go. */
async function signIn(proof) {
  const response = await fetch("/sign-in", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ proof }),
  });
  document.querySelector("#result").textContent = response.ok ? "Signed in." : "Please try again.";
}

document
  .querySelector("latchkey-form")
  .addEventListener("latchkey-proof", ({ detail }) => void signIn(detail.proof));
