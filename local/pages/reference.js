/** Shows /openapi.json, with requests to this machine. */
const isDark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", isDark.matches);
isDark.addEventListener("change", follow);
follow();

SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  // Asks a server of Swagger's otherwise.
  validatorUrl: null,
  // Its headings go from the first level to the third.
  plugins: [
    ({ React: { createElement } }) => ({
      wrapComponents: {
        operations: (Operations) => (props) => [
          createElement("h2", { key: "heading", className: "visually-hidden" }, "Operations"),
          createElement(Operations, { key: "operations", ...props }),
        ],
      },
    }),
  ],
});
