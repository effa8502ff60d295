/**
 * A network that a test can break: connections through it are cut, or kept and made silent.
 *
 * @module
 */

/** Passes connections on to a server, until it is told otherwise. */
export class TcpProxy {
  /** Where it listens, on loopback. */
  readonly port: number;
  readonly #target: Deno.ConnectOptions;
  readonly #listener: Deno.TcpListener;
  readonly #connections = new Set<Deno.TcpConn>();
  readonly #pumps = new Set<Promise<void>>();
  readonly #accepting: Promise<void>;
  #open: Promise<void> = Promise.resolve();
  #resume: (() => void) | undefined;
  #refusing = false;
  #refusals = 0;

  /** @param target The server, on loopback. */
  constructor(target: { readonly port: number }) {
    this.#target = { hostname: "127.0.0.1", port: target.port };
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#accepting = this.#accept();
  }

  /** How many clients are connected. */
  get clients(): number {
    return this.#connections.size / 2;
  }

  /** Cuts every connection; new ones are passed on. */
  cut(): void {
    for (const connection of this.#connections) close(connection);
    this.#connections.clear();
  }

  /** Cuts the connection that was made last. */
  cutNewest(): void {
    for (const connection of [...this.#connections].slice(-2)) {
      this.#connections.delete(connection);
      close(connection);
    }
  }

  /** Cuts every connection, and each new one at once, until {@linkcode resume}. */
  refuse(): void {
    this.#refusing = true;
    this.cut();
  }

  /** Cuts the next connections at once, so many of them; those that there are stay. */
  refuseNext(count: number): void {
    this.#refusals = count;
  }

  /** Passes nothing on any more and closes nothing, as a network does that drops packets, until {@linkcode resume}. */
  freeze(): void {
    if (this.#resume) return;
    this.#open = new Promise((resolve) => this.#resume = resolve);
  }

  /** Passes on again, also what came meanwhile. */
  resume(): void {
    this.#refusing = false;
    this.#resume?.();
    this.#resume = undefined;
  }

  /** Ends it. */
  async close(): Promise<void> {
    this.#listener.close();
    this.resume();
    this.cut();
    await this.#accepting;
    this.cut();
    await Promise.all(this.#pumps);
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) {
      if (this.#refusing || this.#refusals > 0) {
        this.#refusals = Math.max(0, this.#refusals - 1);
        close(client);
        continue;
      }
      try {
        const server = await Deno.connect(this.#target);
        this.#connections.add(client).add(server);
        this.#start(client, server);
        this.#start(server, client);
      } catch {
        // The server is not there: the client finds its connection closed, as it would without a proxy.
        close(client);
      }
    }
  }

  #start(from: Deno.TcpConn, to: Deno.TcpConn): void {
    const pump = this.#pump(from, to).finally(() => this.#pumps.delete(pump));
    this.#pumps.add(pump);
  }

  async #pump(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    const chunk = new Uint8Array(64 * 1024);
    try {
      for (;;) {
        const length = await from.read(chunk);
        await this.#open;
        if (length === null) break;
        for (let sent = 0; sent < length;) sent += await to.write(chunk.subarray(sent, length));
      }
    } catch {
      // Either side has gone, or was cut: so goes the other.
    }
    for (const connection of [from, to]) {
      this.#connections.delete(connection);
      close(connection);
    }
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    // It was closed already, from the other side's pump.
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
