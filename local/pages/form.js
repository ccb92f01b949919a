/** The form by itself, for pages that are not of this folder. */
import "../../client/src/form/index.ts";
