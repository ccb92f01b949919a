/** Here, where they are installed. */
export { createConfig, lintFromString } from "@redocly/openapi-core";
export { publint } from "publint";
export { formatMessage } from "publint/utils";
