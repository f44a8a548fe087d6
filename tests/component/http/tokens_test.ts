import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { needReaderToken, needToken } from "@/adapters/http/base/security/auth.ts";
import { bareApp } from "@/tests/support/http/bare_app.ts";

const ADMIN = "an-admin-token-of-this-shop";

function ask(
  authorization: string | undefined,
  tokens: { adminToken?: string; readersToken?: string },
  path = "/admin",
) {
  const app = bareApp();
  app.get("/admin", (context) => {
    needToken(context, tokens.adminToken);
    return context.text("opened");
  });
  app.get("/reader", (context) => {
    needReaderToken(context, tokens);
    return context.text("opened");
  });
  return app.request(path, authorization === undefined ? {} : { headers: { authorization } });
}

/** What is nearly the token, and all of its beginnings and ends. */
const nearly = (token: string): string[] => [
  ...Array.from(token, (_, at) => token.slice(0, at)).filter((cut) => cut !== ""),
  ...Array.from(token, (_, at) => token.slice(at + 1)).filter((cut) => cut !== ""),
  `${token}x`,
  `x${token}`,
  `${token} ${token}`,
  token.toUpperCase(),
  `${token.slice(0, -1)}x`,
  `${token},${token}`,
];

describe("a token", () => {
  it("opens what wants it, whatever the case of the scheme", async () => {
    for (const scheme of ["Bearer", "bearer", "BEARER"]) {
      expect((await ask(`${scheme} ${ADMIN}`, { adminToken: ADMIN })).status).toBe(200);
    }
  });

  it("opens nothing when it is cut, lengthened, changed, or sent in another way", async () => {
    const others = [undefined, "", "Bearer", "Bearer ", ADMIN, `Basic ${ADMIN}`, `Bearer${ADMIN}`];
    for (const authorization of [...others, ...nearly(ADMIN).map((one) => `Bearer ${one}`)]) {
      const { status, headers } = await ask(authorization, { adminToken: ADMIN });
      expect([authorization, status, headers.get("www-authenticate")]).toEqual([
        authorization,
        401,
        'Bearer realm="bookstream"',
      ]);
    }
  });

  it("that is not configured opens nothing", async () => {
    for (const authorization of [undefined, "Bearer undefined", "Bearer null", `Bearer ${ADMIN}`]) {
      expect((await ask(authorization, {})).status).toBe(403);
      expect((await ask(authorization, {}, "/reader")).status).toBe(403);
    }
  });

  it("of scope readers opens readers' things and nothing else, the admin token both", async () => {
    const tokens = { adminToken: ADMIN, readersToken: "a-token-of-scope-readers" };
    const statuses = async (authorization: string) => [
      (await ask(authorization, tokens)).status,
      (await ask(authorization, tokens, "/reader")).status,
    ];
    expect(await statuses(`Bearer ${tokens.readersToken}`)).toEqual([401, 200]);
    expect(await statuses(`Bearer ${ADMIN}`)).toEqual([200, 200]);
    expect(await (await ask("Bearer x", tokens, "/reader")).text()).toMatch(/READERS_TOKEN or ADMIN_TOKEN/);
    for (const one of nearly(tokens.readersToken)) {
      expect([one, ...await statuses(`Bearer ${one}`)]).toEqual([one, 401, 401]);
    }
  });
});
