/** Something else answers at the address of a service. A person has to correct the address. */
export class ForeignService extends Error {
  override name = "ForeignService";
}
