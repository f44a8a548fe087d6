/** What the owners of relays' leases begin with since relays read packs, so that those of earlier versions are known. */
export const PACK_READER = "packs/";
