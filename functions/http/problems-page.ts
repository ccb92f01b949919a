import { createHash } from "node:crypto";
import { REFUSAL_REASONS } from "../policy/special-numbers.ts";
import { PROBLEMS } from "./problem.ts";

/** The address of the deployment, this path, `#` and a code are the `type` of a problem, unless the stage names another address. */
export const PROBLEMS_PATH = "/problems";

const STYLE =
  "body{font:1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:auto;padding:1rem}h2{font:600 1rem monospace;margin:1.5rem 0 0}p{margin:0}:target{text-decoration:underline}";

/** Its style and nothing else. Each title is plain text. */
export const PROBLEMS_PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** Every problem of the API under its anchor, for the person who follows the `type` of one. */
export function problemsPage(): string {
  const entries = Object.entries(PROBLEMS).map(
    ([code, { status, title }]) =>
      `<h2 id="${code}">${code}</h2><p>${title} (HTTP ${status})${code === "phone-not-allowed" ? ` Its reason is one of: ${REFUSAL_REASONS.join(", ")}.` : ""}</p>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Problems</title><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><style>${STYLE}</style></head>
<body><h1>Problems</h1><p>Each refusal of this API has one of these codes. <code>instance</code> names the request for its operators.</p>
${entries.join("\n")}
</body></html>
`;
}
