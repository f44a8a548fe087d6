import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import fc from "fast-check";
import { clientAddress, isSecure } from "@/adapters/http/base/limits/client_address.ts";
import { bareApp } from "@/tests/support/http/bare_app.ts";

/** Who the app thinks is asking. */
async function clientOf(peer: string | undefined, headers: Record<string, string> = {}, trustedProxies: string[] = []) {
  const app = bareApp({ http: { trustedProxies } });
  app.get("/who", (context) => context.json([clientAddress(context), isSecure(context)]));
  const request = new Request("http://suite.test/who", { headers });
  const response = await (peer === undefined ? app.fetch(request) : app.fetch(request, { address: peer }));
  return await response.json();
}

const PROXIES = ["10.0.0.0/8", "fd00::/8", "192.0.2.1"];

describe("clientAddress()", () => {
  it("is the other end of the connection, whatever headers say, when that is no trusted proxy", async () => {
    const headers = {
      "x-forwarded-for": "203.0.113.9",
      forwarded: "for=203.0.113.9;proto=https",
      "x-forwarded-proto": "https",
    };
    expect(await clientOf("198.51.100.7", headers)).toEqual(["198.51.100.7", false]);
    expect(await clientOf("198.51.100.7", headers, PROXIES)).toEqual(["198.51.100.7", false]);
  });

  it("is unknown without a connection", async () => {
    expect(await clientOf(undefined, { "x-forwarded-for": "203.0.113.9" }, PROXIES)).toEqual(["unknown", false]);
  });

  it("takes an IPv4-mapped IPv6 address for the IPv4 one, and a /64 of IPv6 for one client", async () => {
    expect((await clientOf("::ffff:198.51.100.7"))[0]).toBe("198.51.100.7");
    expect((await clientOf("2001:db8:1:2:3:4:5:6"))[0]).toBe("2001:db8:1:2::/64");
    expect((await clientOf("2001:db8::1"))[0]).toBe("2001:db8:0:0::/64");
    expect((await clientOf("fe80::1%eth0"))[0]).toBe("fe80:0:0:0::/64");
    expect((await clientOf("::ffff:10.1.1.1", { "x-forwarded-for": "203.0.113.9" }, PROXIES))[0]).toBe("203.0.113.9");
  });

  const BEHIND: [says: string, headers: Record<string, string>, address: string, secure?: boolean][] = [
    ["nothing: the proxy itself", {}, "10.1.1.1"],
    ["one address", { "x-forwarded-for": "203.0.113.9" }, "203.0.113.9"],
    ["addresses of the client's own before it", { "x-forwarded-for": "1.1.1.1, 203.0.113.9" }, "203.0.113.9"],
    ["two trusted proxies", { "x-forwarded-for": "203.0.113.9, 192.0.2.1, 10.9.9.9" }, "203.0.113.9"],
    ["a port", { "x-forwarded-for": "203.0.113.9:4711" }, "203.0.113.9"],
    ["IPv6", { "x-forwarded-for": "2001:db8::7" }, "2001:db8:0:0::/64"],
    ["what is no address", { "x-forwarded-for": "203.0.113.9, nonsense" }, "10.1.1.1"],
    ["a secure hop", { "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https" }, "203.0.113.9", true],
    ["Forwarded", { forwarded: "for=203.0.113.9;proto=https" }, "203.0.113.9", true],
    [
      "Forwarded, with more",
      { forwarded: 'for=1.1.1.1;proto=https, By=x;For="[2001:db8::7]:80" ' },
      "2001:db8:0:0::/64",
    ],
    ["Forwarded, hidden", { forwarded: "for=1.1.1.1, for=_hidden" }, "10.1.1.1"],
    ["both", { forwarded: "for=203.0.113.9", "x-forwarded-for": "203.0.113.9" }, "203.0.113.9"],
    ["both, which disagree", { forwarded: "for=1.1.1.1", "x-forwarded-for": "203.0.113.9" }, "10.1.1.1"],
  ];
  for (const [says, headers, address, secure = false] of BEHIND) {
    it(`is what a trusted proxy says: ${says}`, async () => {
      expect(await clientOf("10.1.1.1", headers, PROXIES)).toEqual([address, secure]);
    });
  }

  it("is never what a client wrote before a trusted proxy's own word", async () => {
    const app = bareApp({ http: { trustedProxies: PROXIES } });
    app.get("/who", (context) => context.text(clientAddress(context)));
    const own = fc.stringMatching(/^[\x20-\x7e]{0,60}$/);
    await fc.assert(fc.asyncProperty(own, async (own) => {
      for (const headers of [{ "x-forwarded-for": `${own}, 203.0.113.9` }, { forwarded: `${own}, for=203.0.113.9` }]) {
        const request = new Request("http://suite.test/who", { headers });
        expect(await (await app.fetch(request, { address: "10.1.1.1" })).text()).toBe("203.0.113.9");
      }
    }));
  });
});
