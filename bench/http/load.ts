/** Requests from a process of its own, so that what they cost is not the service's. Prints the times of all as JSON. */
export type Load = { url: string; paths: string[]; connections: number; headers?: Record<string, string> };

async function main({ url, paths, connections, headers = {} }: Load): Promise<number[]> {
  const times: number[] = [];
  let next = 0;
  const run = async () => {
    for (let at = next++; at < paths.length; at = next++) {
      const from = performance.now();
      const response = await fetch(url + paths[at], { headers });
      const body = await response.text();
      if (response.status !== 200) throw new Error(`${paths[at]} was answered with ${response.status}: ${body}`);
      times.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: connections }, run));
  return times;
}

// Many paths are too long for an argument, which names their file.
if (import.meta.main) {
  const { file } = JSON.parse(Deno.args[0]!);
  console.log(JSON.stringify(await main(JSON.parse(await Deno.readTextFile(file)))));
}
