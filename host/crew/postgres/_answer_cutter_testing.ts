/** That the server waits for a statement. */
const READY = "Z\0\0\0\u0005I";
/** That it ends the connection. */
const LAST_WORD = "E\0\0\0\u001cSFATAL\0C57P01\0Mit ends\0\0";

/** A network that loses one answer of the database: the connection is cut when it would be passed on. */
export class AnswerCutter {
  readonly port: number;
  readonly #listener: Deno.TcpListener;
  readonly #open = new Set<Deno.TcpConn>();
  readonly #pumps: Promise<void>[] = [];
  readonly #target: number;
  readonly #accepting: Promise<void>;
  #answer = "";
  #endsNext = false;
  /** How many were lost. */
  cuts = 0;

  /** @param target Port of the server, on loopback. */
  constructor(target: number) {
    this.#target = target;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#accepting = this.#accept();
  }

  /** Loses the next answer with a text in it, such as `COMMIT`. */
  loseNext(answer: string): void {
    this.#answer = answer;
  }

  /** Ends the next connection in the moment in which it is there: the server's last word comes in one piece with it. */
  endNext(): void {
    this.#endsNext = true;
  }

  /** Ends it. */
  async close(): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    for (const connection of this.#open) this.#close(connection);
    await Promise.all(this.#pumps);
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) {
      const server = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
      this.#open.add(client).add(server);
      this.#pumps.push(this.#pump(client, server, false), this.#pump(server, client, true));
    }
  }

  async #pump(from: Deno.TcpConn, to: Deno.TcpConn, isAnswer: boolean): Promise<void> {
    const chunk = new Uint8Array(64 * 1024);
    try {
      for (;;) {
        const length = await from.read(chunk);
        if (length === null) break;
        const text = new TextDecoder("latin1").decode(chunk.subarray(0, length));
        if (isAnswer && this.#answer && text.includes(`${this.#answer}`)) {
          this.#answer = "";
          this.cuts++;
          break;
        }
        if (isAnswer && this.#endsNext && text.endsWith(READY)) {
          this.#endsNext = false;
          this.cuts++;
          await to.write(Uint8Array.from(text + LAST_WORD, (byte) => byte.charCodeAt(0)));
          break;
        }
        for (let sent = 0; sent < length;) sent += await to.write(chunk.subarray(sent, length));
      }
    } catch {
      // One side has gone.
    }
    this.#close(from);
    this.#close(to);
  }

  #close(connection: Deno.TcpConn): void {
    if (!this.#open.delete(connection)) return;
    try {
      connection.close();
    } catch {
      // It was closed already.
    }
  }
}
