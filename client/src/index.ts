export type * from "./api.ts";
export { type Client, type ClientOptions, createClient } from "./client.ts";
export type { TicketStorage } from "./deps.ts";
export type * from "./outcomes.ts";
export { receiveCode } from "./web-otp.ts";
