/** `deno task quality`: the engines measured on a file, through the use cases and stores that serve users. */
import { Command, Option } from "commander";
import { runCommand } from "@/services/shared/process/command_line.ts";
import { type RecommendationOptions, recommendationQuality } from "@/tests/quality/recommendations/recommendations.ts";
import { type TrendOptions, trendQuality } from "@/tests/quality/trends/trends.ts";
import { type SearchOptions, searchQuality } from "@/tests/quality/search/search.ts";

const program = new Command("quality").description("Measures the engines on a file, through what serves users.");
program.command("search")
  .description(
    "Finds each of many books by queries of every kind, beside MiniSearch: MRR@10 and times per kind of query.",
  )
  .requiredOption("--books <file>", "a file that `import` reads")
  .option("--seed <number>", "draws other books and other slips", "1")
  .option("--each <number>", "queries of each kind", "300")
  .option("--store <name>", "sqlite, memory, mysql or mariadb; by default mysql where MYSQL_URL is set, else sqlite")
  .option("--misspellings <folder>", "also titles with real misspellings: .dat files, the right word behind a $")
  .option("--queries <file>", "also a text file of queries, a line each: the share that finds something")
  .option("--misses <number>", "print so many queries of each kind whose book was not first", "0")
  .option("--alone", "without MiniSearch")
  .option("--json", "the last line is one object")
  .action((options: SearchOptions) => searchQuality(options));
program.command("recommendations")
  .description(
    "Learns what readers did and lists 20 books for each, or before each act: Recall@20, hit rate, NDCG@20, coverage, reasons.",
  )
  .requiredOption("--train <file>", "lines `reader book book …`, or CSV with reader,book and weight,time if there are")
  .option("--test <file>", "what the readers did next; without it a fifth of the first file is held back")
  .addOption(
    new Option("--protocol <name>", "split: learn, then ask; stream: ask before each act, then learn it")
      .choices(["split", "stream"]).default("split"),
  )
  .option("--books <file>", "a file that `import` reads: titles, authors and subjects of the books")
  .option("--map <columns>", "other names of columns: reader=user_id,book=book_id,weight=rating", "")
  .option("--seed <number>", "draws what is held back", "1")
  .option("--every <number>", "stream: ask for a list at every so many steps", "1")
  .option(
    "--behind <share>",
    "stream: the lists of all are made again when the acts have grown by this share; 0: always",
    "0.001",
  )
  .addOption(
    new Option(
      "--tune <mode>",
      "choose settings by what was learned: split: then list again; stream: at each tenfold growth; off: only the defaults",
    )
      .choices(["on", "off"]).default("on"),
  )
  .option("--minutes <number>", "choose settings about so long at most", "5")
  .option("--store <name>", "sqlite or memory", "sqlite")
  .option("--json", "the last line is one object")
  .action((options: RecommendationOptions) => recommendationQuality(options));
program.command("trends")
  .description(
    "Replays timed acts and compares each window's list with what was read next: NDCG@20, beside plain rankings.",
  )
  .requiredOption("--events <file>", "CSV with time,book,reader and, where there are, stars in weight")
  .option("--unit <unit>", "how long a unit is: 1h, 1d, 1w", "1d")
  .option("--horizon <units>", "units of the longer look; by default 7, for weeks 4")
  .option("--map <columns>", "other names of columns: time=start_date,book=book_id,reader=member_id", "")
  .option("--windows <list>", "windows with commas between, or all", "all")
  .option("--tune-every <units>", "how often the default is tuned on what is learned by then", "26")
  .option("--least-readers <number>", "distinct readers that a trend needs", "1")
  .option("--store <name>", "sqlite or memory", "sqlite")
  .option("--json", "the last line is one object")
  .action((options: TrendOptions) => trendQuality(options));

await runCommand(program);
