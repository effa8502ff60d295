/**
 * A real Redis server for tests: on loopback, with a port and a folder of its own.
 *
 * @module
 */

import { join } from "@std/path";
import { lacks } from "../require.ts";
import { makeCertificate } from "./_certificate.ts";
import { freePort, serverFolder, ServerProcess } from "./_process.ts";

/** How long a server may take to answer, in milliseconds. */
const START_PATIENCE_MS = 30_000;
/** Pause between two attempts to reach it, in milliseconds. */
const PROBE_MS = 10;

/** Whether tests that need a server are to be skipped on this machine. */
export function lacksRedis(): boolean {
  return lacks("redis-server", "apt install redis-server");
}

/** A server that did not start, or a command to it that failed. */
export class RedisServerError extends Error {
  override readonly name = "RedisServerError";
}

/** What a server is started with. */
export interface RedisServerOptions {
  /** Lines of `redis.conf` beyond what the helper writes. @default none */
  readonly config?: readonly string[];
  /** Also speaks TLS, with a certificate of its own making (openssl) for `localhost`. @default false */
  readonly tls?: boolean;
}

/** A running server, which has each write on disk before it answers. */
export class RedisServer {
  /** Whom it lets in. The password has characters that an address has to escape. */
  readonly user = "troupe";
  readonly password = "s3cret/p@ss:word%";
  readonly host = "127.0.0.1";
  readonly port = freePort();
  /** Port with TLS; 0 without. */
  readonly tlsPort: number;
  /** The certificate that vouches for it, a PEM file; only with TLS. */
  readonly certificate: string;
  readonly #folder: string;
  #server: ServerProcess | undefined;

  private constructor(folder: string, tls: boolean) {
    this.#folder = folder;
    this.tlsPort = tls ? freePort() : 0;
    this.certificate = join(folder, "certificate.pem");
  }

  /** Starts a server; resolves when it answers. */
  static async start({ config = [], tls = false }: RedisServerOptions = {}): Promise<RedisServer> {
    const server = new RedisServer(await serverFolder("redis"), tls);
    try {
      await server.#write(config);
      server.#server = server.#spawn();
      await server.#answers();
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Its address, as `openState` takes it. */
  address(query: Record<string, string> = {}, { database = 0, port = this.port } = {}): string {
    const who = `${encodeURIComponent(this.user)}:${encodeURIComponent(this.password)}`;
    const search = new URLSearchParams(query).toString();
    return `redis://${who}@${this.host}:${port}/${database}${search && `?${search}`}`;
  }

  /** Runs a command with `redis-cli`. @returns What it printed. */
  async command(...args: readonly string[]): Promise<string> {
    const { success, stdout, stderr } = await new Deno.Command("redis-cli", {
      args: ["-e", "-h", this.host, "-p", String(this.port), "--user", this.user, "--no-auth-warning"]
        .concat(args),
      env: { PATH: Deno.env.get("PATH") ?? "", REDISCLI_AUTH: this.password },
      clearEnv: true,
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trimEnd();
    if (!success) throw new RedisServerError(`redis-cli ${args[0]}: ${text(stderr)}${text(stdout)}`);
    return text(stdout);
  }

  /** What its clock says, in milliseconds. */
  async now(): Promise<number> {
    const [seconds = "0", micros = "0"] = (await this.command("TIME")).split("\n");
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
  }

  /** Process id of the server. */
  get pid(): number {
    return this.#server?.pid ?? 0;
  }

  /** Kills the server with SIGKILL; its data stay. */
  async kill9(): Promise<void> {
    await this.#server?.kill9();
  }

  /** Starts it again on the same data, however it ended. */
  async restart(): Promise<void> {
    await this.#server?.stop();
    this.#server = this.#spawn();
    await this.#answers();
  }

  /** SIGSTOP: it keeps its connections, and is silent. */
  freeze(): void {
    this.#server?.signal("SIGSTOP");
  }

  /** SIGCONT. */
  resume(): void {
    this.#server?.signal("SIGCONT");
  }

  /** What it has written into its log. */
  async log(): Promise<string> {
    return await Deno.readTextFile(join(this.#folder, "server.log")).catch(() => "");
  }

  /** Ends it, and removes everything that it has written. */
  async stop(): Promise<void> {
    this.resume();
    await this.#server?.stop();
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #write(config: readonly string[]): Promise<void> {
    if (this.tlsPort > 0) await makeCertificate(this.#folder);
    const lines = [
      `bind ${this.host}`,
      `port ${this.port}`,
      `dir ${this.#folder}`,
      "daemonize no",
      'save ""',
      "appendonly yes",
      "appendfsync always",
      // Redis reads its append-only file as this user: were it off, what was written in transactions would be lost then.
      `user default on ">${crypto.randomUUID()}" ~* &* +@all`,
      `user ${this.user} on ">${this.password}" ~* &* +@all`,
      ...this.tlsPort > 0
        ? [
          `tls-port ${this.tlsPort}`,
          `tls-cert-file ${this.certificate}`,
          `tls-key-file ${join(this.#folder, "key.pem")}`,
          "tls-auth-clients no",
        ]
        : [],
      ...config,
    ];
    await Deno.writeTextFile(join(this.#folder, "redis.conf"), `${lines.join("\n")}\n`);
  }

  #spawn(): ServerProcess {
    return new ServerProcess("redis-server", {
      args: [join(this.#folder, "redis.conf")],
      env: { LANG: "C.UTF-8", PATH: Deno.env.get("PATH") ?? "" },
      cwd: this.#folder,
      log: join(this.#folder, "server.log"),
    });
  }

  /** Waits until it has read its data: before that it answers with an error. */
  async #answers(): Promise<void> {
    const giveUp = performance.now() + START_PATIENCE_MS;
    for (;;) {
      try {
        await this.command("PING");
        return;
      } catch (error) {
        if (!(error instanceof RedisServerError)) throw error;
        if (this.#server?.hasEnded || performance.now() > giveUp) {
          const log = (await this.log()).slice(-4_000);
          throw new RedisServerError(`the server does not answer; its log ends with:\n${log}`);
        }
        await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
      }
    }
  }
}
