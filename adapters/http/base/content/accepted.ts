/** Parses the ranges of an Accept or Accept-Encoding header in lower case, each with its parameters (RFC 9110, 12.5). */
export const rangesOf = (accepted: string): string[][] =>
  accepted.toLowerCase().split(",").map((range) => range.split(";").map((part) => part.trim()));
