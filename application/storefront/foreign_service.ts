/** Something answers where another service should, and it is not that service: a person has to mend the address. */
export class ForeignService extends Error {
  override name = "ForeignService";
}
