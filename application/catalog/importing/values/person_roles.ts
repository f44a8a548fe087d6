/** What catalogues write behind a name of what a person did for a book, and what an import calls it. */
const ROLES = new Map<string, string | undefined>(Object.entries({
  author: undefined,
  creator: undefined,
  writer: undefined,
  verfasser: undefined,
  auteur: undefined,
  editor: "editor",
  herausgeber: "editor",
  translator: "translator",
  übersetzer: "translator",
  traducteur: "translator",
  illustrator: "illustrator",
  illustrateur: "illustrator",
  narrator: "narrator",
  photographer: "photographer",
  compiler: "compiler",
  contributor: "contributor",
  adapter: "adapter",
  introduction: "introduction",
  foreword: "foreword",
  afterword: "afterword",
  preface: "preface",
}));
/** Some of these are names as well, so that they are read in brackets only: `Olin, Ed.` is a person. */
const SHORT = new Map(Object.entries({
  ed: "editor",
  eds: "editor",
  hrsg: "editor",
  hg: "editor",
  trans: "translator",
  tr: "translator",
  trad: "translator",
  übers: "translator",
  ill: "illustrator",
  illus: "illustrator",
}));

const BEHIND = /(?:[([](?:Goodreads )?(\p{L}+)\.?[)\]]|,\s*(\p{L}+))\.?$/u;
/** A role and what is around it are shorter. The rest of a long cell is not searched. */
const MOST_LETTERS = 40;

/** A name without the role behind it: `Jane Roe (Translator)`, `Oak, Ben, author.`, `Elm, Cy, (ed.)`. An author has no role. */
export function roleBehind(text: string): { name: string; role: string | undefined } {
  const [found = "", bracketed, plain] = BEHIND.exec(text.slice(-MOST_LETTERS)) ?? [];
  const word = (bracketed ?? plain ?? "").toLowerCase();
  const name = withoutSeparators(text.slice(0, text.length - found.length));
  if (found === "" || name === "") return { name: text, role: undefined };
  if (ROLES.has(word)) return { name, role: ROLES.get(word) };
  return bracketed !== undefined && SHORT.has(word) ? { name, role: SHORT.get(word) } : { name: text, role: undefined };
}

/** A loop, as `/[\s,]+$/` takes quadratic time for many of them. */
function withoutSeparators(name: string): string {
  let end = name.length;
  while (end > 0 && /[\s,]/.test(name[end - 1]!)) end--;
  return name.slice(0, end);
}

/** A role that stands alone, as in a column of roles. */
export function roleNamed(text: string): string | undefined {
  const word = text.trim().toLowerCase();
  if (word === "" || ROLES.has(word)) return ROLES.get(word);
  return SHORT.get(word.replace(/\.$/, "")) ?? word;
}
