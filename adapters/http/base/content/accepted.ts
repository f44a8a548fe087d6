/** The ranges of an Accept header or one of its kind, in small letters, each with its parameters (RFC 9110, 12.5). */
export const rangesOf = (accepted: string): string[][] =>
  accepted.toLowerCase().split(",").map((range) => range.split(";").map((part) => part.trim()));
