export { greeting, script, sms } from "./en-gb.ts";
