import { describe, expect, it } from "vitest";
import { clientAddress, namedAddress } from "../../../functions/http/client-address.ts";
import { anEvent } from "../../support/events.ts";

describe("the address of a client", () => {
  it.each([
    ...["X-Forwarded-For", "Forwarded", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP"],
    ...["X-Client-IP", "CloudFront-Viewer-Address", "Via"],
  ])("does not follow the header %s", (name) => {
    expect(
      clientAddress(anEvent({ headers: { [name]: "203.0.113.9" }, sourceIp: "192.0.2.1" })),
    ).toBe("192.0.2.1");
  });

  it("is unknown where the gateway has none", () => {
    expect(clientAddress(anEvent({ sourceIp: "" }))).toBeUndefined();
  });
});

describe("the address of a client behind the stage's proxy", () => {
  const source = { header: "cloudfront-viewer-address" };
  const behind = (value: string) =>
    clientAddress(anEvent({ headers: { "CloudFront-Viewer-Address": value } }), source);

  it.each([
    ["203.0.113.9", "203.0.113.9"],
    [" 203.0.113.9 ", "203.0.113.9"],
    ["203.0.113.9:4711", "203.0.113.9"],
    ["2001:db8::7", "2001:db8::7"],
    ["[2001:db8::7]:4711", "2001:db8::7"],
    ["[2001:db8::7]", "2001:db8::7"],
    ["2001:db8:0:0:0:0:0:7:4711", "2001:db8:0:0:0:0:0:7"],
    ["2001:db8::5:6:7:8:4711", "2001:db8::5:6:7:8"],
    ["2001:db8::7:4711", "2001:db8::7"],
  ])("is the one in the header: %s", (value, address) => {
    expect(behind(value)).toBe(address);
  });

  it.each([
    ...["", "203.0.113.9, 198.51.100.7", "somewhere", "203.0.113.9:port", "300.1.1.1"],
    ...["2001:[db8::7]", "[2001:db8::]7", "[2001:db8::7]:471123", "[2001:db8::7]:"],
  ])("is unknown where the header holds %j, and never the proxy's own", (value) => {
    expect(behind(value)).toBeUndefined();
  });

  it("is unknown where the proxy sent none, whatever other headers contain", () => {
    expect(clientAddress(anEvent(), source)).toBeUndefined();
    const headers = { "X-Forwarded-For": "203.0.113.9" };
    expect(clientAddress(anEvent({ headers }), source)).toBeUndefined();
    const none = { ...anEvent(), multiValueHeaders: { [source.header]: undefined } };
    expect(clientAddress(none, source)).toBeUndefined();
  });

  it("is the one in the header whatever other headers contain", () => {
    const headers = {
      "X-Forwarded-For": "198.51.100.7",
      "CloudFront-Viewer-Address": "203.0.113.9:4711",
      "X-Real-IP": "198.51.100.8",
    };
    expect(clientAddress(anEvent({ headers }), source)).toBe("203.0.113.9");
  });

  it("is unknown where the header came twice: one of them is the caller's own word", () => {
    const event = anEvent();
    const multiValueHeaders = { [source.header]: ["198.51.100.7", "203.0.113.9"] };
    expect(clientAddress({ ...event, multiValueHeaders }, source)).toBeUndefined();
    const twoSpellings = {
      [source.header]: ["198.51.100.7"],
      "Cloudfront-Viewer-Address": ["1.1.1.1"],
    };
    expect(clientAddress({ ...event, multiValueHeaders: twoSpellings }, source)).toBeUndefined();
  });
});

describe("the address of a client behind another proxy", () => {
  it.each([
    ["203.0.113.9", "203.0.113.9"],
    ["203.0.113.9:4711", "203.0.113.9"],
    ["2001:db8::7:4711", "2001:db8::7:4711"],
    ["[2001:db8::7]:4711", "2001:db8::7"],
  ])("has a port only where it is no address with it: %s", (value, address) => {
    const headers = { "X-Real-IP": value };
    expect(clientAddress(anEvent({ headers }), { header: "x-real-ip" })).toBe(address);
  });
});

it("a back end need not name an address, and names one by a text", () => {
  expect(namedAddress(undefined)).toBeUndefined();
  expect(() => namedAddress(["203.0.113.9"])).toThrow("body-invalid");
});
