import { mostSpelled } from "@/domain/trend/spelling.ts";
import { normalForm } from "@/domain/text.ts";
import { type Place, placesOf, type View } from "./candidates.ts";
import { criteriaOf, type ListTrends, publicBook, rank, sinceOf, spanOf, withCourse } from "./list_trends.ts";
import type { SubjectTrend } from "@/application/trend/messages.ts";
import type { ShownBook } from "@/application/trend/ports.ts";
import { tallySince } from "./since_removal.ts";

/** Books that a subject names. */
const BOOKS = 3;

/** The subjects of the books that trend, by what these come to together, each as most of its books spell it. */
export async function listSubjectTrends(sources: View, query: ListTrends): Promise<SubjectTrend[]> {
  const { view } = sources;
  const criteria = criteriaOf(query);
  const shown = new Map<string, ShownBook>();
  const places = await placesOf("book", sources, criteria, async (keys) => {
    const { books } = await view.shown(keys, []);
    for (const [id, book] of books) if (!book.removed) shown.set(id, book);
    return { since: sinceOf(shown), workOf: (id) => shown.get(id)?.work };
  });
  const ofSubject = Map.groupBy(
    rank(places, criteria).flatMap(({ place }) => subjectsOf(shown.get(place.key)).map((name) => ({ name, place }))),
    ({ name }) => normalForm(name),
  );
  const subjects = [...ofSubject].map(([key, own]): Place => ({
    key,
    editions: [key],
    buckets: own.flatMap(({ place }) => place.buckets),
  }));
  const listed = rank(subjects, criteria).slice(...spanOf(query)).map((one) => withCourse(one, criteria));
  const editions = new Map(
    listed.map(({ place: { key } }) => [key, ofSubject.get(key)!.flatMap(({ place }) => place.editions)]),
  );
  const tally = await tallySince(view, editions, sinceOf(shown), query.at);
  return listed.map(({ place: { key }, ...fields }) => {
    const own = ofSubject.get(key)!;
    const { count, readers } = tally.get(key)!;
    const names = Map.groupBy(own, ({ name }) => name);
    const spellings = [...names].map(([spelling, { length }]) => ({ spelling, readers: length, clients: length }));
    return {
      ...fields,
      subject: mostSpelled(spellings)!,
      count,
      readers,
      books: own.slice(0, BOOKS).map(({ place }) => publicBook(shown.get(place.key)!)),
    };
  });
}

/** A book's subjects without repetitions, compared without case. */
const subjectsOf = (book: ShownBook | undefined): string[] =>
  [
    ...new Map((book?.subjects ?? []).map((name) => [normalForm(name), name])).values(),
  ].filter((name) => normalForm(name) !== "");
