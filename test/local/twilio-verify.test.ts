import twilio from "twilio";
import { beforeAll, describe, expect, it } from "vitest";
import { attackedSystem } from "../attacks/support/attacked-system.ts";
import { otherThan } from "../support/deps.ts";
import { keyMaker } from "../support/key-maker.ts";

/** The SDK that a company has installed, and the one line that it changes. */
const attacked = attackedSystem();
const { ask, person, readCode, turn } = attacked;
const { makeKey } = keyMaker(() => attacked.system());

const ACCOUNT = `AC${"a".repeat(32)}`;
const SERVICE = `VA${"b".repeat(32)}`;
const UNKNOWN = `VE${"c".repeat(32)}`;

let key: string;
beforeAll(async () => {
  ({ key } = await makeKey());
});

function service(password = key) {
  const client = twilio(ACCOUNT, password);
  client.verify.baseUrl = attacked.system().url;
  return client.verify.v2.services(SERVICE);
}
const startFor = (to: string, channel = "sms") => service().verifications.create({ to, channel });
const checkFor = (to: string, code: string) => service().verificationChecks.create({ to, code });

describe("the Node SDK of Twilio", () => {
  it("starts, refuses a wrong code, and approves", async () => {
    const { to } = person();
    const started = await startFor(to);
    expect(started).toMatchObject({
      sid: expect.stringMatching(/^VE[0-9a-f]{32}$/),
      accountSid: ACCOUNT,
      serviceSid: SERVICE,
      status: "pending",
      valid: false,
      channel: "sms",
      dateCreated: expect.any(Date),
    });
    expect(started.to.slice(-3)).toBe(to.slice(-3));
    const code = await readCode({ to });
    expect(await checkFor(to, otherThan(code))).toMatchObject({ status: "pending", valid: false });
    const { sid } = started;
    const approved = await service().verificationChecks.create({ verificationSid: sid, code });
    expect(approved).toMatchObject({ sid, status: "approved", valid: true, channel: "sms" });
    expect(await service().verifications(sid).fetch()).toMatchObject({ status: "approved" });
    await expect(checkFor(to, code)).rejects.toMatchObject({ status: 404, code: 20404 });
  });

  it("sends again under the same sid, gives no new checks, and too many sends are 60203", async () => {
    const { to } = person();
    const { sid } = await startFor(to);
    const code = await readCode({ to });
    await checkFor(to, otherThan(code));
    await expect(startFor(to)).rejects.toMatchObject({ status: 429, code: 60203 });
    turn(31);
    expect((await startFor(to)).sid).toBe(sid);
    const second = await readCode({ to });
    turn(31);
    expect((await startFor(to)).sid).toBe(sid);
    turn(31);
    await expect(startFor(to)).rejects.toMatchObject({ status: 429, code: 60203 });
    for (let step = 2; step <= 5; step += 1) await checkFor(to, otherThan(code, step));
    await expect(checkFor(to, second)).rejects.toMatchObject({ status: 429, code: 60202 });
    expect(await service().verifications(sid).fetch()).toMatchObject({
      status: "max_attempts_reached",
    });
  });

  it("finds nothing once it has expired or was canceled, nor under a sid that there is not", async () => {
    const [late, canceled] = [person(), person()];
    await startFor(late.to);
    const code = await readCode(late);
    turn(301);
    await expect(checkFor(late.to, code)).rejects.toMatchObject({ status: 404, code: 20404 });
    await startFor(canceled.to);
    const update = await service().verifications(canceled.to).update({ status: "canceled" });
    expect(update.status).toBe("canceled");
    await expect(checkFor(canceled.to, await readCode(canceled))).rejects.toMatchObject({
      code: 20404,
    });
    await expect(service().verifications(UNKNOWN).fetch()).rejects.toMatchObject({ code: 20404 });
  });

  it.each([
    ["a country that is not enabled", "+33612345678", "sms", 403, 60605],
    ["a landline", "+442079460018", "sms", 403, 60205],
    ["a premium number", "+449098790000", "sms", 403, 60410],
    ["what is no number", "hello", "sms", 400, 60200],
    ["a channel that there is not here", "+447700900001", "email", 403, 60223],
  ])("is refused %s in Twilio's codes", async (_, to, channel, status, code) => {
    await expect(startFor(to, channel)).rejects.toMatchObject({ status, code });
  });

  it("cannot approve without a code, nor send what is not its own", async () => {
    const { to } = person();
    const { sid } = await startFor(to);
    const approval = service().verifications(sid).update({ status: "approved" });
    await expect(approval).rejects.toMatchObject({ status: 400, code: 60200 });
    const parameters = [{ customCode: "123456" }, { templateSid: "HJ1" }, { appHash: "x" }];
    for (const more of parameters) {
      const asked = service().verifications.create({ to: person().to, channel: "sms", ...more });
      await expect(asked).rejects.toMatchObject({ status: 400, code: 60200 });
    }
  });

  it("is refused with a key that there is not", async () => {
    for (const password of ["not a key", `${key}:`, `${key}:x`]) {
      const wrong = service(password).verifications.create({ to: person().to, channel: "sms" });
      await expect(wrong).rejects.toMatchObject({ status: 401, code: 20003 });
    }
  });
});

describe("below /v2", () => {
  const authorization = () => `Basic ${Buffer.from(`${ACCOUNT}:${key}`).toString("base64")}`;

  it.each([
    "/v2/Services",
    `/v2/Services/${SERVICE}/Entities`,
    "/v2/x/y/z",
    "/v2/Services/VA1/Verifications",
  ])("%s is not found in Twilio's shape", async (path) => {
    const answer = await ask({ method: "POST", path, headers: { authorization: authorization() } });
    expect([answer.status, answer.body["code"]]).toEqual([404, 20404]);
    expect(answer.body["more_info"]).toBe("https://www.twilio.com/docs/errors/20404");
  });

  it.each(["To=%2B447700900002&To=%2B447700900003&Channel=sms", ""])(
    "the form %j is an invalid parameter",
    async (body) => {
      const answer = await ask({
        path: `/v2/Services/${SERVICE}/Verifications`,
        headers: {
          authorization: authorization(),
          "content-type": "application/x-www-form-urlencoded",
        },
        body,
      });
      expect([answer.status, answer.body["code"]]).toEqual([400, 60200]);
    },
  );
});
