/** The phrases before and after a title or a name in a question, by language. */
const QUESTIONS: [before: RegExp, behind?: RegExp][] = [
  [/^who\s+(?:wrote|writes|authored)\s+/i],
  [/^(?:who\s*(?:is|was|'s|’s)\s+)?(?:the\s+)?(?:author|writer)s?\s+of\s+/i],
  [/^(?:all\s+)?(?:the\s+)?(?:books?|novels?|works|stories)\s+(?:that\s+are\s+|were\s+)?(?:written\s+)?(?:by|from)\s+/i],
  [/^(?:an?\s+|the\s+|that\s+)?(?:books?|novels?|stor(?:y|ies))\s+(?:about|on|like|similar\s+to|with)\s+/i],
  [/^(?:when|where)\s+(?:was|is|did)\s+/i, /\s+(?:written|published|released|come\s+out|about)$/i],
  [/^(?:what|which)(?:\s*(?:is|was|are|'s|’s))\s+/i],
  [/^(?:where\s+)?(?:can|could|do)\s+(?:i|you)\s+(?:find|get|buy|borrow|have)\s+/i],
  [/^(?:i\s*(?:am|'m|’m)\s+)?(?:looking|searching)\s+for\s+/i],
  [/^do\s+you\s+have\s+/i],
  [/^wer\s+(?:hat|schrieb)\s+/i, /\s+geschrieben$/i],
  [/^(?:b[uü]cher|romane?)\s+(?:von|[uü]ber)\s+/iu],
  [/^(?:der\s+|die\s+)?autor(?:in)?\s+von\s+/i],
  [/^qui\s+a\s+[eé]crit\s+/iu],
  [/^(?:les\s+)?(?:livres?|romans?)\s+(?:de|par|sur)\s+/i],
  [/^(?:l['’])?auteur\s+de\s+/i],
  [/^qui[eé]n\s+escribi[oó]\s+/iu],
  [/^(?:los\s+)?(?:libros?|novelas?)\s+(?:de|por|sobre)\s+/i],
  [/^(?:el\s+)?autor\s+de\s+/i],
];

/** The title or name that a question asks about: `dune` for `Who wrote Dune?`. Undefined when the text is not a question. */
export function askedFor(typed: string): string | undefined {
  const text = typed.trim().replace(/^¿\s*|\s*\?+$/g, "");
  for (const [before, behind] of QUESTIONS) {
    if (!before.test(text)) continue;
    const asked = text.replace(before, "");
    return behind === undefined ? asked : asked.replace(behind, "");
  }
  return undefined;
}
