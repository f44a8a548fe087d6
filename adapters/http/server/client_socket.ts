import { Duplex } from "node:stream";
import { clearTimeout, setTimeout } from "node:timers";

/** The read buffer of an idle connection, in which most heads fit. It grows while a client fills it. */
const LEAST_READ_BYTES = 1_024;
const MOST_READ_BYTES = 65_536;

/** An accepted connection with the part of `net.Socket` that Node's HTTP server uses. */
export class ClientSocket extends Duplex {
  readonly remoteAddress: string;
  readonly remotePort: number;
  bytesRead = 0;
  readonly #connection: Deno.TcpConn;
  #buffer = Buffer.allocUnsafe(LEAST_READ_BYTES);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timeoutMs = 0;
  #usedAt = 0;

  constructor(connection: Deno.TcpConn) {
    // A client that has closed its side may still wait for an answer.
    super({ allowHalfOpen: true });
    this.#connection = connection;
    ({ hostname: this.remoteAddress, port: this.remotePort } = connection.remoteAddr);
    connection.setNoDelay(true);
  }

  /** Emits `timeout` when nothing was read or written for this long. 0 disables it. */
  setTimeout(milliseconds: number): this {
    this.#timeoutMs = milliseconds;
    this.#usedAt = performance.now();
    this.#startTimer(milliseconds);
    return this;
  }

  /** Closes the connection once everything is written. */
  destroySoon(): void {
    if (this.writableFinished) return void this.destroy();
    this.once("finish", () => this.destroy()).end();
  }

  override async _read(): Promise<void> {
    const count = await this.#connection.read(this.#buffer).catch((error: Error) => void this.destroy(error));
    if (count === undefined || this.destroyed) return;
    if (count === null) return void this.push(null);
    this.bytesRead += count;
    this.#usedAt = performance.now();
    const part = Buffer.from(this.#buffer.subarray(0, count));
    if (count === this.#buffer.length && count < MOST_READ_BYTES) this.#buffer = Buffer.allocUnsafe(4 * count);
    this.push(part);
  }

  override _write(part: Uint8Array, _encoding: string, done: (error?: Error) => void): void {
    this.#writeAll(part).then(() => done(), done);
  }

  override _writev(parts: { chunk: Uint8Array }[], done: (error?: Error) => void): void {
    this.#writeAll(Buffer.concat(parts.map(({ chunk }) => chunk))).then(() => done(), done);
  }

  override _final(done: () => void): void {
    this.#connection.closeWrite().then(done, done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#timer);
    this.#connection.close();
    done(error);
  }

  async #writeAll(part: Uint8Array): Promise<void> {
    for (let at = 0; at < part.length;) {
      at += await this.#connection.write(at === 0 ? part : part.subarray(at));
      this.#usedAt = performance.now();
    }
  }

  /** Starts the timer. It is not restarted by each read and write; when it fires, it waits for the rest of the time. */
  #startTimer(milliseconds: number): void {
    clearTimeout(this.#timer);
    if (this.#timeoutMs === 0 || this.destroyed) return;
    this.#timer = setTimeout(() => {
      const restMs = this.#usedAt + this.#timeoutMs - performance.now();
      if (restMs < 1) this.emit("timeout");
      this.#startTimer(restMs < 1 ? this.#timeoutMs : restMs);
    }, milliseconds);
  }
}
