import { readerCookie } from "./cookies.ts";
import { eventually } from "./eventually.ts";
import { memorySuite, sending } from "./memory_suite.ts";

const LONG =
  "The Curious and Entirely Truthful Account of a Very Small Lighthouse Keeper Who Counted Every Ship That Passed in Forty Years: With Notes";
const lamp = (number: number, title: string, year: number) => ({
  id: `lamp-${number}`,
  title,
  series: "The Lamplighters",
  series_number: String(number),
  authors: ["Ida Moreau"],
  subjects: ["fantasy", "cities"],
  year,
  language: "en",
  popularity: 90 - number,
});

/** Invented books that are hard to show: long titles, many scripts, series, editions, little that is known. */
const BOOKS = [
  {
    ...lamp(1, "A Lamp for the Harbour", 1998),
    isbn13: "9780306406157",
    subtitle: "A novel of the night watch",
    description:
      "Every evening Tomas lights four hundred lamps, and every evening one of them has moved.\n\nWhat begins as a boy’s complaint to the guild becomes a map of a city that nobody else can see. The first book of the series.",
    contributors: [{ name: "Jonas Wirth", role: "translator" }],
    original_title: "Une lampe pour le port",
  },
  lamp(2, "The Second Lamp", 2001),
  lamp(3, "Lamps Out", 2004),
  lamp(4, "What the Lamp Saw", 2009),
  {
    id: "lamp-5",
    title: "Last Light (The Lamplighters, #5)",
    authors: ["Ida Moreau"],
    subjects: ["fantasy"],
    year: 2014,
    popularity: 20,
  },
  {
    id: "long",
    title: LONG,
    authors: ["Wilhelmina Featherstonehaugh-Cholmondeley", "Bartholomew Okonkwo", "A. N. Other"],
    subjects: ["history", "the sea"],
    year: 2015,
    language: "en",
    popularity: 80,
  },
  {
    id: "ja",
    title: "灯台守と海の物語",
    authors: ["山田花子"],
    subjects: ["小説"],
    year: 2012,
    language: "ja",
    popularity: 70,
  },
  {
    id: "zh",
    title: "城市裡的最後一盞燈",
    authors: ["陳明"],
    subjects: ["小說"],
    year: 2018,
    language: "zh",
    popularity: 60,
  },
  {
    id: "ar",
    title: "حارس المنارة والبحر الكبير",
    authors: ["ليلى حداد"],
    subjects: ["رواية"],
    year: 2010,
    language: "ar",
    popularity: 50,
  },
  {
    id: "hi",
    title: "दीपक और समुद्र की कहानी",
    authors: ["मीरा शर्मा"],
    subjects: ["उपन्यास"],
    year: 2016,
    language: "hi",
    popularity: 40,
  },
  {
    id: "ru",
    title: "Смотритель маяка и корабли",
    authors: ["Анна Лебедева"],
    subjects: ["роман"],
    year: 1987,
    language: "ru",
    popularity: 45,
  },
  {
    id: "el",
    title: "Ο φάρος και η θάλασσα",
    authors: ["Ελένη Παππά"],
    subjects: ["fiction"],
    year: -120,
    language: "el",
    popularity: 35,
  },
  {
    id: "he",
    title: "שומר המגדלור",
    authors: ["נועה כהן"],
    subjects: ["fiction"],
    year: 2020,
    language: "he",
    popularity: 34,
  },
  {
    id: "th",
    title: "ประภาคารกลางทะเลในคืนฝนตก",
    authors: ["สุดา ใจดี"],
    subjects: ["fiction"],
    year: 2021,
    language: "th",
    popularity: 33,
  },
  {
    id: "word",
    title: "Donaudampfschifffahrtsgesellschaftskapitän",
    authors: ["Max Ufer"],
    subjects: ["humour"],
    year: 1961,
    language: "de",
    popularity: 30,
  },
  { id: "bare", title: "Salt", authors: [], subjects: [], popularity: 10 },
  { id: "one", title: "Q", authors: ["Z"], subjects: ["puzzles"], year: 1999, popularity: 9 },
  ...Array.from({ length: 30 }, (_, at) => ({
    id: `sea-${at}`,
    title: `${["Tides", "Harbours", "Keepers", "Islands", "Charts", "Storms"][at % 6]} of the ${
      ["North", "Grey", "Quiet", "Outer", "Last"][at % 5]
    } Sea`,
    authors: [["Maud Ellison", "Per Lindqvist", "Rosa Amaral"][at % 3]!],
    subjects: ["the sea", ["travel", "history", "nature"][at % 3]!],
    year: 1950 + at * 2,
    language: ["en", "sv", "pt"][at % 3]!,
    popularity: 29 - at % 29,
  })),
];

/** A suite with books that are hard to show and some readers. */
export async function shownSuite(reader: string) {
  const suite = await memorySuite();
  for (const book of BOOKS) {
    const { status } = await suite.asks.web("/v1/books", sending("POST", book));
    if (status !== 201) throw new Error(`the book ${book.id} was answered with ${status}`);
  }
  const acts = ["ada", "bo", "cy", reader].flatMap((one, at) => [
    ...["lamp-1", "lamp-2", "long", "ja", "ar", "sea-3"].slice(0, 6 - at).map((book) => ({
      type: "viewed",
      reader: one,
      book,
    })),
    { type: "searched", reader: one, query: ["lamp", "lighthouse", "sea stories", "lamp"][at]! },
  ]);
  await suite.asks.web(
    "/v1/events",
    sending("POST", [
      ...acts,
      { type: "searched", reader: "dee", query: "灯台" },
      { type: "shelved", reader, book: "lamp-2", shelf: "want" },
      { type: "shelved", reader, book: "long", shelf: "reading" },
      { type: "rated", reader, book: "ja", rating: 4 },
    ]),
  );
  await eventually(async () => {
    const { items } = await (await suite.asks.trend("/v1/trends/books")).json();
    return items.length >= 5;
  });
  return suite;
}

/** The same on a free port of loopback, with the cookie of the reader. */
export async function shownShop(reader: string) {
  const suite = await shownSuite(reader);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => suite.web.fetch(request),
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    /** Records what a reader did, as another system would. */
    act: (act: object) => suite.asks.web("/v1/events", sending("POST", act)),
    cookie: readerCookie(reader).replace(/^reader=/, ""),
    async stop() {
      await server.shutdown();
      await suite.stop();
    },
  };
}
