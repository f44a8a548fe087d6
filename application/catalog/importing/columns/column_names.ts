/** The fields of a book that a file can have, and what else is read to make one of them. */
export type Field =
  | "id"
  | "title"
  | "subtitle"
  | "original_title"
  | "series"
  | "series_number"
  | "work_id"
  | "authors"
  | "contributors"
  | "contributor_roles"
  | "translators"
  | "editors"
  | "illustrators"
  | "year"
  | "language"
  | "isbn13"
  | "subjects"
  | "description"
  | "popularity";

/** The columns that the user named for some fields. */
export type FieldMap = Partial<Record<Field, string>>;

/**
 * Columns that hold a field, in order of preference, in the form of `columnKey`. They are the names of Goodreads, LibraryThing,
 * StoryGraph, Calibre, Koha, Book-Crossing, Open Library and of data sets made of them.
 */
const ENGLISH: Record<Field, string[]> = {
  id: ["id", "bookid", "booksid", "biblionumber", "uuid", "recordid", "key", "uri", "identifier"],
  title: ["title", "booktitle", "fulltitle", "titel", "name", "originaltitle"],
  subtitle: ["subtitle", "remainderoftitle"],
  original_title: ["originaltitle", "uniformtitle"],
  series: ["series", "seriesname", "seriestitle"],
  series_number: ["seriesnumber", "seriesindex", "numberinseries", "volume"],
  work_id: ["workid", "works", "workkey"],
  authors: [
    "authors",
    "author",
    "bookauthor",
    "bookauthors",
    "primaryauthor",
    "creator",
    "creators",
    "writer",
    "authorname",
    "authornames",
    "authorlf",
    "authordetails",
    "authortext",
  ],
  contributors: ["contributors", "additionalauthors", "secondaryauthor", "secondaryauthors", "otherauthors"],
  contributor_roles: ["secondaryauthorroles", "contributorroles"],
  translators: ["translators", "translator"],
  editors: ["editors", "editor"],
  illustrators: ["illustrators", "illustrator"],
  year: [
    "year",
    "originalpublicationyear",
    "firstpublishyear",
    "firstpublishdate",
    "firstpublicationyear",
    "originalyear",
    "publicationyear",
    "yearpublished",
    "yearofpublication",
    "copyrightdate",
    "publishyear",
    "publishdate",
    "publisheddate",
    "publicationdate",
    "datepublished",
    "pubdate",
    "bookyear",
    "published",
    "issued",
    "date",
  ],
  language: ["language", "languages", "languagecode", "lang", "language1", "originallanguage"],
  isbn13: [
    "isbn13",
    "isbn",
    "isbns",
    "isbnuid",
    "isbn10",
    "ean",
    "isbnean",
    "eanisbn13",
    "upcisbn10",
    "identifiers",
    "industryidentifiers",
  ],
  subjects: [
    "subjects",
    "subject",
    "genres",
    "genre",
    "categories",
    "topics",
    "tags",
    "manualtags",
    "dewywording",
    "deweywording",
  ],
  description: ["description", "comments", "summary", "abstract", "abstractnote", "blurb"],
  popularity: ["popularity", "ratingscount", "numberofratings", "editioncount"],
};

/** The same in German, French, Spanish, Portuguese, Italian, Dutch and the Nordic languages, after the names above. */
const OTHER_LANGUAGES: Partial<Record<Field, string>> = {
  title: "haupttitel titre título titolo tittel",
  subtitle: "untertitel soustitre subtítulo sottotitolo ondertitel undertitel undertittel",
  original_title: "originaltitel titreoriginal títulooriginal titolooriginale oorspronkelijketitel originaltittel",
  series: "reihe serie reeks collana colección coleção",
  series_number: "band bandnummer bandangabe tome tomo deel",
  authors:
    "verfasser verfasserin autor autorin autoren autore autori autores auteur auteurs schrijver författare forfatter",
  translators: "übersetzer traducteur traductor tradutor traduttore vertaler översättare",
  editors: "herausgeber",
  illustrators: "illustrateur ilustrador illustratore illustratør",
  year:
    "jahr erscheinungsjahr année annéedepublication annéedeparution datedepublication datedeparution añodepublicación " +
    "fechadepublicación ano anodepublicação anno annodipubblicazione datadipubblicazione jaar jaarvanuitgave " +
    "verschijningsjaar år utgivningsår udgivelsesår utgivelsesår",
  language: "sprache langue idioma lingua taal språk sprog",
  subjects:
    "schlagwörter schlagworte sujets motsclés materia materias palabrasclave assuntos palavraschave soggetto soggetti " +
    "trefwoorden onderwerp onderwerpen ämnesord emneord",
  description:
    "beschreibung inhaltsangabe résumé resumen sinopsis descripción resumo descrição descrizione beschrijving " +
    "omschrijving samenvatting beskrivning beskrivelse",
};

/** Fields whose columns are read together, not one instead of the other. */
export const FIELDS = Object.keys(ENGLISH) as Field[];

/** A column's name as it is compared: without case, accents, spaces, `_`, `-` and brackets. */
export function columnKey(name: string): string {
  // Accents are signs of their own in this form, and go with all that is no letter or digit.
  const whole = name.normalize("NFKD").toLowerCase();
  const key = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, "");
  return key(whole.replace(/\([^()]*\)/g, "")) || key(whole);
}

/** Columns that hold a field, in order of preference, in the form of `columnKey`. */
export const COLUMNS = Object.fromEntries(
  FIELDS.map((field) => [field, [...ENGLISH[field], ...(OTHER_LANGUAGES[field]?.split(" ") ?? [])].map(columnKey)]),
) as Record<Field, string[]>;

const KNOWN = new Set(Object.values(COLUMNS).flat());

/** Whether a column of this name is read for some field. */
export const isKnownColumn = (name: string): boolean => KNOWN.has(columnKey(name));
