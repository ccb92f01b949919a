import { randomId } from "./random.js";

const VERIFICATIONS = "/v1/verifications";

/**
 * The API for one page. Each call gives `{ body }`, or `{ problem }` with at least `code` and `title`.
 * An Idempotency-Key stands for one intention: it stays the same until an answer has come, so that pressing again after a lost answer does
 * nothing twice.
 */
export function createApi() {
  let intention;

  async function call(method, path, body) {
    const what = JSON.stringify([method, path, body]);
    if (intention?.what !== what) intention = { what, key: randomId() };
    const headers = { "Content-Type": "application/json", "Idempotency-Key": intention.key };
    const isBodiless = body === undefined;
    const answer = await exchange(
      path,
      isBodiless ? { method } : { method, headers, body: JSON.stringify(body) },
    );
    if (!isOpen(answer)) intention = undefined;
    return answer;
  }

  return {
    start: (request) => call("POST", "", request),
    check: (id, code) => call("POST", `/${id}/check`, { code }),
    resend: (id) => call("POST", `/${id}/resend`, {}),
    cancel: (id) => call("DELETE", `/${id}`),
  };
}

async function exchange(path, options) {
  try {
    const response = await fetch(VERIFICATIONS + path, options);
    const body = response.status === 204 ? {} : await response.json();
    return response.ok ? { body } : { problem: body };
  } catch {
    return { problem: { code: "no-answer", title: "No answer came. Please try again." } };
  }
}

/** Whether the request may still have done its work, or may yet do it. */
function isOpen({ problem }) {
  return (
    problem !== undefined &&
    (problem.code === "no-answer" ||
      problem.code === "request-in-progress" ||
      problem.status >= 500)
  );
}
