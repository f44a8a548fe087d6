import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { accept } from "@/adapters/http/server/accept.ts";
import { ClientSocket } from "@/adapters/http/server/client_socket.ts";
import { eventually } from "@/tests/support/eventually.ts";

/** A listener whose first attempts find no descriptor. */
function failingListener(failures: number) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const real = listener.accept.bind(listener);
  listener.accept = () => failures-- > 0 ? Promise.reject(new Error("Too many open files")) : real();
  return listener;
}

const connectTo = ({ addr }: Deno.TcpListener) => Deno.connect({ hostname: "127.0.0.1", port: addr.port });

describe("accept()", () => {
  it("goes on after faults of the listener, says them once, and ends when it is closed", async () => {
    const listener = failingListener(3);
    const lines: string[] = [];
    const log = (event: string) => void lines.push(event);
    const taken: Deno.TcpConn[] = [];
    const ended = accept(listener, {
      take: (connection) => void taken.push(connection),
      isFull: () => false,
      logger: { debug: () => {}, info: log, warn: log, error: log },
    });
    const client = await connectTo(listener);
    await eventually(() => taken.length === 1);
    expect(lines).toEqual(["http-server-fault"]);
    listener.close();
    await ended;
    client.close();
    taken[0]!.close();
  });
});

describe("a client's socket", () => {
  it("carries what is read and written, in parts that are larger than its buffer, and ends with its client", async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const client = await connectTo(listener);
    const socket = new ClientSocket(await listener.accept());
    const bytes = crypto.getRandomValues(new Uint8Array(50_000));
    const sent = (async () => {
      await new Blob([bytes]).stream().pipeTo(client.writable, { preventClose: true });
      await client.closeWrite();
    })();
    const parts: Uint8Array[] = [];
    for await (const part of socket.iterator({ destroyOnReturn: false })) parts.push(part);
    await sent;
    expect(socket.bytesRead).toBe(50_000);
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
    socket.cork();
    socket.write("one, ");
    socket.write("two");
    socket.uncork();
    socket.destroySoon();
    expect(await new Response(client.readable).text()).toBe("one, two");
    listener.close();
  });

  it("emits timeout once nothing was read or written for so long", async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const client = await connectTo(listener);
    const socket = new ClientSocket(await listener.accept()).setTimeout(300).resume();
    let timeouts = 0;
    socket.on("timeout", () => timeouts++);
    for (let at = 0; at < 5; at++) {
      await new Promise((done) => setTimeout(done, 100));
      await client.write(new Uint8Array(1));
    }
    expect(timeouts).toBe(0);
    await eventually(() => timeouts > 0);
    socket.destroy();
    client.close();
    listener.close();
  });
});
