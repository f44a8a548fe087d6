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
  isbn13: ["isbn13", "isbn", "isbns", "isbnuid", "isbn10", "ean", "isbnean", "identifiers", "industryidentifiers"],
  subjects: ["subjects", "subject", "genres", "genre", "categories", "topics", "tags", "dewywording", "deweywording"],
  description: ["description", "comments", "summary", "abstract", "blurb"],
  popularity: ["popularity", "ratingscount", "numberofratings", "editioncount"],
};

/** The same in German, French, Spanish, Portuguese, Italian, Dutch and the Nordic languages, after the names above. */
const OTHER_LANGUAGES: Partial<Record<Field, string>> = {
  title: "titre título titulo titolo tittel",
  subtitle: "untertitel soustitre subtítulo subtitulo sottotitolo ondertitel undertitel undertittel",
  original_title: "originaltitel titreoriginal títulooriginal titolooriginale oorspronkelijketitel originaltittel",
  series: "reihe serie série reeks",
  authors: "verfasser autor autoren autore autori autores auteur auteurs författare forfatter",
  translators: "übersetzer traducteur traductor tradutor traduttore vertaler översättare",
  editors: "herausgeber",
  illustrators: "illustrateur ilustrador illustratore illustratör illustratør",
  year:
    "jahr erscheinungsjahr année annee año ano anno annodipubblicazione jaar år utgivningsår udgivelsesår utgivelsesår",
  language: "sprache langue idioma língua lingua taal språk sprog",
  subjects: "schlagwörter schlagworte sujets materias assuntos soggetti trefwoorden ämnesord emneord",
  description:
    "beschreibung résumé resumen descripción descripcion resumo descrição descrizione beschrijving beskrivning beskrivelse",
};

/** Fields whose columns are read together, not one instead of the other. */
export const FIELDS = Object.keys(ENGLISH) as Field[];

/** Columns that hold a field, in order of preference, in the form of `columnKey`. */
export const COLUMNS = Object.fromEntries(
  FIELDS.map((field) => [field, [...ENGLISH[field], ...(OTHER_LANGUAGES[field]?.split(" ") ?? [])]]),
) as Record<Field, string[]>;

/** A column's name as it is compared: without case, accents of spelling, spaces, `_`, `-` and brackets. */
export const columnKey = (name: string): string =>
  name.normalize("NFKC").toLowerCase().replace(/\([^()]*\)/g, "").replace(/[^\p{L}\p{N}]/gu, "") ||
  name.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

const KNOWN = new Set(Object.values(COLUMNS).flat());

/** Whether a column of this name is read for some field. */
export const isKnownColumn = (name: string): boolean => KNOWN.has(columnKey(name));
