import { defineLatchkey } from "./infra/stage.ts";

/**
 * The stages of this repository, and the only file that their owner edits. docs/production/configuration.md explains the fields; infra/stage.ts is the
 * schema that checks them. A host that ends in `.example` stands for "yours", and is refused when it is deployed to production.
 */

export const STAGES = defineLatchkey({
  dev: {
    production: false,
    brand: "Latchkey Dev",
    countries: ["GB"],
    allowedOrigins: ["http://localhost:3000"],
    proofAudience: "latchkey-dev",
    fictionalNumbers: "accepted",
    twilio: "test",
    // Every channel, for people who build a page. Twilio's test credentials send none of it, and the local handset shows it.
    whatsApp: { from: "+15005550006", templates: { en_GB: `HX${"0".repeat(32)}` } },
    voice: { from: "+15005550006", countries: ["GB"] },
    keyEpoch: 1,
    throttle: { requestsPerSecond: 10, burst: 20 },
    sendThrottle: { requestsPerSecond: 5, burst: 10 },
    expectedRequestsPerMinute: 300,
    firewall: { off: true, because: "It has a monthly price, and nothing here sends." },
    // Test credentials cost nothing: the cap is high enough for experiments.
    spend: { dollarsPerHour: 100, dollarsPerDay: 500, keptForTickets: 0.2 },
    // All fictitious numbers are one range.
    scopes: { range: { max: 1_000 } },
    logRetentionDays: 7,
  },
  staging: {
    production: false,
    brand: "Latchkey Staging",
    countries: ["GB"],
    allowedOrigins: ["https://staging.app.example"],
    proofAudience: "latchkey-staging",
    fictionalNumbers: "accepted",
    twilio: "test",
    keyEpoch: 1,
    throttle: { requestsPerSecond: 50, burst: 100 },
    sendThrottle: { requestsPerSecond: 25, burst: 50 },
    expectedRequestsPerMinute: 600,
    firewall: { requestsPerAddress: 1_000, tokenRequired: false },
    // Test credentials cost nothing: the cap is high enough for experiments.
    spend: { dollarsPerHour: 100, dollarsPerDay: 500, keptForTickets: 0.2 },
    // All fictitious numbers are one range.
    scopes: { range: { max: 1_000 } },
    logRetentionDays: 30,
  },
  prod: {
    production: true,
    brand: "Latchkey",
    countries: ["GB"],
    allowedOrigins: ["https://app.example"],
    proofAudience: "latchkey",
    fictionalNumbers: "refused",
    twilio: { live: true, because: "Its messages go to people who sign in." },
    alertEmail: "oncall@latchkey.example",
    securityContact: "security@latchkey.example",
    keyEpoch: 1,
    // 12.5 verifications a second from web pages, four requests each with their preflights: a million a day. Sends have twice that, for
    // people who want another code and back ends, which ask for no preflight.
    throttle: { requestsPerSecond: 50, burst: 100 },
    sendThrottle: { requestsPerSecond: 25, burst: 50 },
    expectedRequestsPerMinute: 600,
    firewall: { requestsPerAddress: 1_000, tokenRequired: false },
    // 5,000 UK messages a day and 1,250 an hour, a fifth of them for known numbers. Raise it with your sign-ins: it is the worst bill, and what runs out under attack.
    // A fifth of the other 4,000 is for tickets alone, so that people who return are served on a day on which strangers have used up the rest.
    spend: { dollarsPerHour: 75, dollarsPerDay: 300, keptForTickets: 0.2 },
    knownNumbers: { perDay: 1_000 },
    // Limits cannot distinguish the first start of a stranger from that of an attacker; a challenge can. Its key comes from the provider.
    challenge: {
      provider: "turnstile",
      siteKey: "example-site-key",
      when: "under-pressure",
      whenUnreachable: "refuse",
    },
    logRetentionDays: 365,
  },
});
