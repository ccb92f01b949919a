import { join } from "node:path";
import { decodeJwt } from "jose";
import twilio from "twilio";
import { describe, expect, it } from "vitest";
import { STAGES } from "../../infra/stages.ts";
import { synthesize } from "../../infra/synthesize.ts";
import { otherThan } from "../support/deps.ts";
import { aFolder } from "../support/folder.ts";
import { keyMaker } from "../support/key-maker.ts";
import { attackedSystem } from "./support/attacked-system.ts";

const [MAIN, SHOP] = ["https://main.test", "https://shop.test"];
const ACCOUNT = `AC${"a".repeat(32)}`;
const SERVICE = `VA${"c".repeat(32)}`;
/** Some messages of a day. */
const SMALL_CAP = 0.25;

const folder = aFolder();

/** The development stage with two other apps: one with a page and a small cap, one of native clients. */
async function assemble() {
  return synthesize("dev", {
    stage: {
      ...STAGES.dev,
      apps: {
        shop: {
          brand: "Corner Shop",
          allowedOrigins: [SHOP],
          proofAudience: "shop",
          locales: ["fr"],
          verifyServiceSid: SERVICE,
        },
        taxi: {
          brand: "Taxi",
          allowedOrigins: [],
          proofAudience: "taxi",
          nativeApps: true,
          androidAppHash: "FA+9qCX9VSu",
        },
      },
      spend: { ...STAGES.dev.spend, apps: { taxi: SMALL_CAP } },
    },
    outdir: join(folder, "cdk.out"),
    bundlesDirectory: join(folder, "bundles"),
  });
}

const attacked = attackedSystem({ assemble, environment: { ALLOWED_ORIGINS: MAIN } });
const { ask, askSigned, person, readCode, turn, sentTo } = attacked;
const { makeKey } = keyMaker(() => attacked.system());

type Headers = Readonly<Record<string, string>>;
const PATH = "/v1/verifications";
const page = (origin: string): Headers => ({ origin });
const app = (name: string): Headers => ({ "latchkey-app": name });

async function started(to: string, headers: Headers, body = {}) {
  const answer = await ask({ path: PATH, headers, body: { to, ...body } });
  const { id } = answer.body;
  return { status: answer.status, code: answer.body["code"], id: String(id) };
}
const check = (id: string, code: string, headers: Headers) =>
  ask({ path: `${PATH}/${id}/check`, headers, body: { code } });
const linesOf = (event: string) =>
  attacked
    .system()
    .logs.map(({ line }) => JSON.parse(line))
    .filter((line) => line.event === event);

describe("G4: an app of a stage", () => {
  it("has its brand, its language, its line and its audience; its lines and metrics name it", async () => {
    const { to } = person();
    const { id } = await started(to, page(SHOP));
    expect(id).toMatch(/\.shop$/);
    const [text = ""] = attacked.system().textsTo(to);
    expect(text).toContain("Corner Shop");
    expect(text).toContain("votre");
    expect(text).toContain("@shop.test #");
    const { body } = await check(id, await readCode({ to }), page(SHOP));
    expect(decodeJwt(String(body["proof"])).aud).toBe("shop");
    expect(linesOf("answered").at(-1)).toMatchObject({ app: "shop", result: "approved" });
    expect(linesOf("send").at(-1)).toMatchObject({ app: "shop", outcome: "sent" });
    const { top } = await attacked.system().activity.state();
    expect(top["apps"]).toMatchObject([{ label: "shop", asked: 1, sent: 1, approved: 1 }]);
    const { _aws } = linesOf("send").at(-1);
    const ofSends = _aws.CloudWatchMetrics.find(
      ({ Metrics }: { readonly Metrics: readonly { Name: string }[] }) =>
        Metrics[0]?.Name === "Sends",
    );
    expect(ofSends.Dimensions).toContainEqual(["app"]);
  });

  it("knows no verification of another: not by its page, not by its id, and no check is used up", async () => {
    const { to } = person();
    const { id } = await started(to, page(SHOP));
    const code = await readCode({ to });
    for (const headers of [page(MAIN), {}, app("taxi")]) {
      expect((await check(id, code, headers)).body["code"]).toBe("verification-not-found");
      for (const attempt of [
        { method: "GET", path: `${PATH}/${id}` },
        { method: "DELETE", path: `${PATH}/${id}` },
        { path: `${PATH}/${id}/resend`, body: {} },
      ])
        expect((await ask({ ...attempt, headers })).body["code"]).toBe("verification-not-found");
    }
    for (const other of [id.replace(".shop", ""), id.replace("shop", "taxi"), `${id}x`])
      expect((await check(other, code, page(SHOP))).body["code"]).toBe("verification-not-found");
    const wrong = await check(id, otherThan(code), page(SHOP));
    expect(wrong.body).toMatchObject({ checksRemaining: 4 });
    expect((await check(id, code, page(SHOP))).body["result"]).toBe("approved");
  });

  it("shares the limits of a number, and not the keys of repeated requests", async () => {
    const { to } = person();
    const headers = { "idempotency-key": "the-same-key-of-two-apps" };
    const first = await started(to, { ...headers, ...page(MAIN) });
    expect(await started(to, { ...headers, ...page(MAIN) })).toEqual(first);
    expect(await started(to, { ...headers, ...page(SHOP) })).toMatchObject({
      status: 429,
      code: "too-many-sends",
    });
    expect(sentTo({ to })).toBe(1);
    turn(31);
    const second = await started(to, { ...headers, ...page(SHOP) });
    expect(second.status).toBe(201);
    expect(second.id).not.toBe(first.id);
  });

  it("takes requests without a page where it has native clients, and by its name alone", async () => {
    const { to } = person();
    for (const headers of [{}, app("main"), app("shop"), app("nobody"), app("__proto__")])
      expect(await started(to, headers)).toMatchObject({ status: 403, code: "app-not-allowed" });
    expect((await started(to, { ...page(SHOP), ...app("taxi") })).code).toBe("app-not-allowed");
    expect(sentTo({ to })).toBe(0);
    const { id } = await started(to, app("taxi"), { platform: "android" });
    expect(attacked.system().textsTo(to)[0]).toMatch(/Taxi.*\nFA\+9qCX9VSu$/s);
    const { body } = await check(id, await readCode({ to }), {});
    expect(decodeJwt(String(body["proof"])).aud).toBe("taxi");
  });

  it("is named by a signed request, which may check for every app", async () => {
    const { to } = person();
    const path = "/v1/server/verifications";
    const start = await askSigned({ path, headers: app("shop"), body: { to } });
    expect(start.body["id"]).toMatch(/\.shop$/);
    const code = await readCode({ to });
    const checked = await askSigned({ path: `${path}/${start.body["id"]}/check`, body: { code } });
    expect(decodeJwt(String(checked.body["proof"])).aud).toBe("shop");
  });

  it("is that of an API key and of its service sid", async () => {
    const shop = await makeKey({ app: "shop" });
    const main = await makeKey({ app: "billing" });
    turn(11);
    const service = (password: string, sid: string) => {
      const client = twilio(ACCOUNT, password);
      client.verify.baseUrl = attacked.system().url;
      return client.verify.v2.services(sid);
    };
    const { to } = person();
    const create = { to, channel: "sms" };
    const other = `VA${"d".repeat(32)}`;
    await expect(service(shop.key, other).verifications.create(create)).rejects.toMatchObject({
      code: 20404,
    });
    const { sid } = await service(shop.key, SERVICE).verifications.create(create);
    expect(attacked.system().textsTo(to)[0]).toContain("Corner Shop");
    const code = await readCode({ to });
    const foreign = service(main.key, other);
    await expect(foreign.verifications(sid).fetch()).rejects.toMatchObject({ code: 20404 });
    const wrong = { verificationSid: sid, code: otherThan(code) };
    await expect(foreign.verificationChecks.create(wrong)).rejects.toMatchObject({ code: 20404 });
    const right = { verificationSid: sid, code };
    expect((await service(shop.key, SERVICE).verificationChecks.create(right)).valid).toBe(true);
  });

  it("pauses at its own cap of a day, and the others go on", async () => {
    turn(86_400);
    const codes = [];
    for (let sends = 0; sends < 8; sends += 1)
      codes.push((await started(person().to, app("taxi"))).code);
    expect(codes).toContain("sending-paused");
    expect(codes[0]).toBeUndefined();
    expect((await started(person().to, page(MAIN))).status).toBe(201);
  });
});
