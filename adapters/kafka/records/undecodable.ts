/** Bytes that cannot be decoded. The message says what is wrong with them, as a part of a sentence. */
export class Undecodable extends Error {
  override name = "Undecodable";
}
