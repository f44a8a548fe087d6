import type { BlockList } from "node:net";
import type { AppContext, Env } from "@/adapters/http/base/app.ts";
import { clientKey, createNetworks, holds, normaliseAddress } from "./networks.ts";

export const UNKNOWN = "unknown";

/**
 * Returns the client's address: that of the connection's peer or, behind trusted proxies, the one that they name. An IPv6 address
 * is reduced to its /64. It is `unknown` for a request without a connection, as in tests.
 */
export const clientAddress = (context: AppContext): string => context.get("client").address;

/** Returns whether the client uses TLS, also according to a trusted proxy. */
export const isSecure = (context: AppContext): boolean => context.get("client").isSecure;

/** Creates a function that finds the client of a request. `trustedProxies`: whose `Forwarded` and `X-Forwarded-For` are believed. */
export function clientFinder(trustedProxies: readonly string[]): (context: AppContext) => Env["Variables"]["client"] {
  const trusted = createNetworks(trustedProxies);
  return (context) => {
    const given = context.env?.address ?? "";
    const peer = given === "" ? undefined : normaliseAddress(given);
    const isTls = context.req.url.startsWith("https:");
    if (peer === undefined) return { address: UNKNOWN, isSecure: isTls };
    const { address, isSecure } = clientBehind(peer, (name) => context.req.header(name), trusted);
    return { address: clientKey(address), isSecure: isSecure || isTls };
  };
}

type Hop = { address: string | undefined; isSecure: boolean };
type Found = { address: string; isSecure: boolean };

/** Returns the client behind trusted proxies. When both headers are present and disagree, neither is used. */
function clientBehind(peer: string, header: (name: string) => string | undefined, trusted: BlockList): Found {
  const itself = { address: peer, isSecure: false };
  if (!holds(trusted, peer)) return itself;
  const [forwarded, addresses] = [header("forwarded"), header("x-forwarded-for")];
  const isSecure = /^https\b/i.test(header("x-forwarded-proto") ?? "");
  const byForwarded = forwarded === undefined ? undefined : lastUntrusted(peer, hopsOf(forwarded), trusted);
  const byAddresses = addresses === undefined
    ? undefined
    : lastUntrusted(peer, addresses.split(",").map((one) => ({ address: addressOf(one), isSecure })), trusted);
  if (byForwarded !== undefined && byAddresses !== undefined && byForwarded.address !== byAddresses.address) {
    return itself;
  }
  return byForwarded ?? byAddresses ?? { ...itself, isSecure };
}

/** Returns the last hop that a trusted proxy has named, starting from the nearest one. */
function lastUntrusted(peer: string, hops: Hop[], trusted: BlockList): Found {
  let found: Found = { address: peer, isSecure: false };
  for (const { address, isSecure } of hops.reverse()) {
    if (address === undefined || !holds(trusted, found.address)) break;
    found = { address, isSecure };
  }
  return found;
}

/** Parses the hops of a `Forwarded` header (RFC 7239), the client first. */
const hopsOf = (forwarded: string): Hop[] =>
  forwarded.split(",").map((element) => {
    const pairs = new Map(
      element.split(";").map((pair): [string, string] => {
        const [name = "", value = ""] = pair.split(/=(.*)/s);
        return [name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, "$1")];
      }),
    );
    return { address: addressOf(pairs.get("for") ?? ""), isSecure: pairs.get("proto")?.toLowerCase() === "https" };
  });

/** Parses `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1` or `[2001:db8::1]:80`. Returns undefined for `unknown` and obfuscated names. */
function addressOf(node: string): string | undefined {
  const text = node.trim();
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::[\w.-]+)?$/.exec(text) ?? [];
  return normaliseAddress(bracketed ?? plain ?? text);
}
