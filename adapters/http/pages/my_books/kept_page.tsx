import { KeptLists, type KeptListsProps } from "./kept_lists.tsx";
import { Layout } from "@/adapters/http/pages/layout.tsx";

type Props = Omit<KeptListsProps, "reader"> & {
  /** Undefined where the browser has no cookie. */
  reader: string | undefined;
  counts: boolean;
  byBrowser: boolean;
};

/** The stored data of a reader, to see, download or erase; and whether they are counted. */
export const KeptPage = (props: Props) => (
  <Layout title="What is kept about me – Bookstream" path="/my-books">
    <h1>What is kept about me</h1>
    <nav class="tabs" aria-label="Shelves">
      <a href="/my-books">My books</a>
      <a href="/my-books/kept" aria-current="page">What is kept about me</a>
    </nav>
    {props.reader === undefined
      ? <p class="empty">Nothing is kept about you, and this browser has no reader cookie.</p>
      : <KeptLists {...props} reader={props.reader} />}
    <Counting {...props} />
    {props.reader === undefined ? null : <Erase />}
  </Layout>
);

const Counting = ({ counts, byBrowser }: Pick<Props, "counts" | "byBrowser">) => (
  <section aria-labelledby="counting">
    <h2 id="counting">To be counted or not</h2>
    <p>
      {counts
        ? "What you look at, search for and keep counts in trends and recommendations."
        : byBrowser
        ? "Your browser asks not to be counted (Global Privacy Control), and so you are not."
        : "You are not counted."}
      {counts ? null : (
        <>
          {" "}What you look at and search for is not recorded, your books stay yours, and recommendations are those of
          a newcomer or of what you did before.
        </>
      )}
    </p>
    {byBrowser ? null : (
      <form method="post" action="/my-books/counting">
        <button type="submit" name="counts" value={counts ? "no" : "yes"}>
          {counts ? "Do not count me" : "Count me again"}
        </button>
      </form>
    )}
  </section>
);

const Erase = () => (
  <section aria-labelledby="erase">
    <h2 id="erase">Erase everything</h2>
    <form method="post" action="/my-books/erasure">
      <p>Your books, your votes in trends and all that recommendations know of you go at once, and for good.</p>
      <p>
        <label>
          <input type="checkbox" name="sure" value="yes" required /> Yes, erase all of it
        </label>
      </p>
      <button type="submit" class="danger">Erase</button>
    </form>
  </section>
);
