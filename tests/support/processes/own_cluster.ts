import { join } from "node:path";
import { freshClusterId, kafkaPorts } from "@/tools/servers/kafka.ts";
import { type OwnServer, startOwnServer } from "./own_server.ts";

type OwnCluster = {
  brokers: string[];
  /** Kills the node at this place in `brokers`, as a crash of its machine does. */
  kill(at: number): Promise<void>;
  /** Starts a killed node on its data. */
  restart(at: number): Promise<void>;
  close(): Promise<void>;
};

/** Starts Kafka nodes that form one cluster; topics have as many replicas as there are nodes, and a write needs half of them. */
export async function startOwnCluster(folder: string, count: number): Promise<OwnCluster> {
  const folders = Array.from({ length: count }, (_, at) => join(folder, `node-${at + 1}`));
  for (const own of folders) Deno.mkdirSync(own, { recursive: true });
  const ports = folders.map((own) => kafkaPorts(own));
  const cluster = freshClusterId();
  const voters = ports.map(({ CONTROLLER }, at) => `${at + 1}@127.0.0.1:${CONTROLLER}`);
  const settings = { "default.replication.factor": `${count}`, "min.insync.replicas": `${Math.ceil(count / 2)}` };
  const start = (at: number): Promise<OwnServer> =>
    startOwnServer("kafka", folders[at]!, {
      java: ["-Xmx320m"],
      node: { id: at + 1, cluster, voters },
      settings,
    });
  const nodes = new Map((await Promise.all(folders.map((_, at) => start(at)))).entries());
  return {
    brokers: ports.map(({ PLAINTEXT }) => `127.0.0.1:${PLAINTEXT}`),
    async kill(at) {
      const { pid, close } = nodes.get(at)!;
      nodes.delete(at);
      Deno.kill(pid, "SIGKILL");
      await close();
    },
    async restart(at) {
      nodes.set(at, await start(at));
    },
    close: async () => void await Promise.all([...nodes.values()].map((node) => node.close())),
  };
}
