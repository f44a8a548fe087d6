/** Bytes cannot be decoded. The message is part of a sentence that says what is wrong. */
export class Undecodable extends Error {
  override name = "Undecodable";
}
