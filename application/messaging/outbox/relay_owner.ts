/** The prefix of lease owners whose relays read packs. Relays of earlier versions do not have it. */
export const PACK_READER = "packs/";
