#!/usr/bin/env node
/** The command `latchkey`. Plain JavaScript, so that an older Node gets the sentence of check-installation.js. */
import "../check-installation.js";

await import("./latchkey.ts");
