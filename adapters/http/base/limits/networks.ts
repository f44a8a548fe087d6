import { BlockList, isIP } from "node:net";

const family = (address: string) => isIP(address) === 6 ? "ipv6" : "ipv4";

/**
 * Creates a list of addresses (`10.0.0.7`, `::1`) and networks (`10.0.0.0/8`, `fd00::/8`). Throws a RangeError that names the first
 * invalid item.
 */
export function createNetworks(items: readonly string[]): BlockList {
  const list = new BlockList();
  for (const item of items) {
    const [, address = "", bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(item) ?? [];
    const most = isIP(address) === 6 ? 128 : 32;
    if (isIP(address) === 0 || address.includes("%") || Number(bits ?? 0) > most) {
      throw new RangeError(`wanted an IP address or a network such as 10.0.0.0/8, found ${item}`);
    }
    list.addSubnet(address, bits === undefined ? most : Number(bits), family(address));
  }
  return list;
}

/** Returns whether an IP address is in one of the networks. */
export const holds = (networks: BlockList, address: string): boolean => networks.check(address, family(address));

/** Returns an IP address in its normal form; an IPv4-mapped IPv6 address becomes IPv4. Returns undefined for an invalid address. */
export function normaliseAddress(text: string): string | undefined {
  const [address = ""] = text.split("%");
  const version = isIP(address);
  if (version !== 6) return version === 4 ? address : undefined;
  const groups = groupsOf(address);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (!isMapped) return new URL(`http://[${address}]`).hostname.slice(1, -1);
  return groups.slice(6).flatMap((group) => [group >> 8, group & 255]).join(".");
}

/** Returns the key of a client by its address. All addresses of an IPv6 /64 get one key, as a client usually has a whole /64. */
export const clientKey = (address: string): string =>
  isIP(address) === 6 ? `${groupsOf(address).slice(0, 4).map((group) => group.toString(16)).join(":")}::/64` : address;

/** Returns the eight 16-bit groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  // The URL parser writes an embedded IPv4 address as two groups.
  const [head = "", tail = ""] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const [before, after] = [head, tail].map((part) =>
    part === "" ? [] : part.split(":").map((one) => parseInt(one, 16))
  );
  return [...before!, ...Array<number>(8 - before!.length - after!.length).fill(0), ...after!];
}
