import { kafkaClasses } from "@/tools/servers/kafka.ts";

export const CODECS = ["gzip", "snappy", "lz4", "zstd"] as const;
type Codec = typeof CODECS[number] | "none";

/** A record of text. Neither key nor values have tabs or line breaks in them. */
export type TextRecord = { key: string; value: string; headers: Record<string, string> };
type Sending = { topic: string; codec: Codec; records: TextRecord[] };

/** A Kafka client other than this project's. */
interface OtherClient {
  name: string;
  send(sending: Sending): Promise<void>;
  /** Sends the records in a transaction. */
  sendInTransaction(sending: Sending, how: "commit" | "abort"): Promise<void>;
}

/** The installed clients: Java's command line tools, and Python with confluent-kafka, which is librdkafka. */
export async function findClients(brokers: string): Promise<OtherClient[]> {
  const clients = [javaClient(brokers)];
  if (await succeeds("python3", ["-c", "import confluent_kafka"])) clients.push(pythonClient(brokers));
  else console.log("left out: records of librdkafka, as python3 has no confluent-kafka (pip install confluent-kafka)");
  return clients;
}

const QUICK_START = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

export function javaClient(brokers: string): OtherClient {
  const java = async (tool: string, args: string[], input = "") =>
    await run("java", [...QUICK_START, "-cp", await kafkaClasses(), `org.apache.kafka.tools.${tool}`, ...args], input);
  return {
    name: "Java",
    async send({ topic, codec, records }) {
      const lines = records.map(({ key, value, headers }) =>
        `${Object.entries(headers).map(([name, text]) => `${name}:${text}`).join(",")}\t${key}\t${value}\n`
      );
      const options = ["--producer-property", "linger.ms=1000", "--producer-property", "batch.size=500000"];
      const format = ["parse.key=true", "parse.headers=true"].flatMap((one) => ["--property", one]);
      const target = ["--bootstrap-server", brokers, "--topic", topic, "--compression-codec", codec];
      await java("ConsoleProducer", [...target, ...options, ...format], lines.join(""));
    },
    /** Java's tools have a transaction for one text that is sent several times, without key and headers, and none that is aborted. */
    async sendInTransaction({ topic, codec, records }, how) {
      if (how === "abort") return;
      const file = await Deno.makeTempFile();
      await Deno.writeTextFile(file, `${records[0]!.value}\n`);
      const counts = ["--num-records", String(records.length), "--throughput", "-1", "--payload-file", file];
      const properties = [
        "--producer-props",
        `bootstrap.servers=${brokers}`,
        `compression.type=${codec}`,
        "linger.ms=50",
      ];
      const transaction = ["--transactional-id", crypto.randomUUID(), "--transaction-duration-ms", "5000"];
      await java("ProducerPerformance", ["--topic", topic, ...counts, ...transaction, ...properties]);
      await Deno.remove(file);
    },
  };
}

function pythonClient(brokers: string): OtherClient {
  const send = ({ topic, codec, records }: Sending, how: string) =>
    run(
      "python3",
      ["tests/support/kafka/produce.py", brokers, topic, codec, how],
      records.map((record) => `${JSON.stringify(record)}\n`).join(""),
    );
  return { name: "librdkafka", send: (sending) => send(sending, "plain"), sendInTransaction: send };
}

async function run(command: string, args: string[], input: string): Promise<void> {
  const child = new Deno.Command(command, { args, stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  const said = decoder.decode(stdout) + decoder.decode(stderr);
  // Java's tool prints the error and ends with status 0.
  if (!success || /exception|^ERROR/im.test(said)) throw new Error(`${command} ${args.join(" ")}: ${said}`);
}

const succeeds = (command: string, args: string[]): Promise<boolean> =>
  new Deno.Command(command, { args, stdout: "null", stderr: "null" }).output().then(
    ({ success }) => success,
    () => false,
  );
