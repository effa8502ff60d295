/**
 * A real PostgreSQL server for tests: on loopback, with a port and a folder of its own.
 *
 * @module
 */

import { join } from "@std/path";
import { lacks } from "../require.ts";
import { makeCertificate } from "./_certificate.ts";
import { freePort, serverFolder, ServerProcess } from "./_process.ts";

/** Where Debian puts each version's programs; they are not on `PATH`. */
const VERSIONS = "/usr/lib/postgresql";
/** Who runs the server where tests are run by root, which it refuses to be run by. */
const USER = { name: "nobody", group: "nogroup" };
/** How long a server may take to answer, in milliseconds. */
const START_PATIENCE_MS = 60_000;
/** Pause between two attempts to reach it, in milliseconds. */
const PROBE_MS = 20;
/** What a client asks first: whether it may speak TLS. The server answers with one byte, and later with a database. */
const SSL_REQUEST = Uint8Array.of(0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f);

/** Whether tests that need a server are to be skipped on this machine. */
export function lacksPostgres(): boolean {
  return programs() === undefined && lacks("postgres", "apt install postgresql");
}

/** A server that did not start, or a program of its that failed. */
export class PostgresServerError extends Error {
  override readonly name = "PostgresServerError";
}

/** What a server is started with. */
export interface PostgresServerOptions {
  /** Lines of `postgresql.conf` beyond what the helper writes. @default none */
  readonly config?: readonly string[];
  /** Also speaks TLS, with a certificate of its own making (openssl) for `localhost`. @default false */
  readonly tls?: boolean;
}

/** A running server. */
export class PostgresServer {
  /** Who may do everything. The password has characters that an address has to escape. */
  readonly user = "troupe";
  readonly password = "s3cret/p@ss:word%";
  readonly host = "127.0.0.1";
  readonly port = freePort();
  /** The certificate that vouches for it, a PEM file; only with TLS. */
  readonly certificate: string;
  readonly #folder: string;
  #server: ServerProcess | undefined;
  #databases = 0;

  private constructor(folder: string) {
    this.#folder = folder;
    this.certificate = join(folder, "certificate.pem");
  }

  /** Makes and starts a server; resolves when it answers. */
  static async start({ config = [], tls = false }: PostgresServerOptions = {}): Promise<PostgresServer> {
    const folder = await serverFolder("postgres");
    const server = new PostgresServer(folder);
    try {
      await server.#make(config, tls);
      server.#server = server.#spawn();
      await server.#answers();
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Address of one of its databases, as `openStore` takes it. */
  address(database = "postgres", query: Record<string, string> = {}): string {
    const who = `${encodeURIComponent(this.user)}:${encodeURIComponent(this.password)}`;
    const search = new URLSearchParams(query).toString();
    return `postgres://${who}@${this.host}:${this.port}/${database}${search && `?${search}`}`;
  }

  /** Makes a database that nobody else uses. @returns Its name. */
  async database(): Promise<string> {
    const name = `test_${++this.#databases}`;
    await this.sql(`CREATE DATABASE ${name}`);
    return name;
  }

  /** Runs statements with `psql`. @returns What they gave: a line for a row, fields parted by `|`. */
  async sql(statements: string, database = "postgres"): Promise<string> {
    return await this.#run("psql", {
      args: ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", this.host, "-p", String(this.port)]
        .concat("-U", this.user, "-d", database, "-c", statements),
      env: { PGPASSWORD: this.password },
    });
  }

  /** Process id of the server. */
  get pid(): number {
    return this.#server?.pid ?? 0;
  }

  /** Kills the server with SIGKILL, its sessions included, which else would go on for a moment; its data stay. */
  async kill9(): Promise<void> {
    const [, ...sessions] = await this.#pids();
    await this.#server?.kill9();
    for (const pid of sessions) signal(pid, "SIGKILL");
  }

  /** Ends it in order, or notices that it has ended; its data stay. */
  async halt(): Promise<void> {
    // SIGINT: it does not wait for its clients.
    this.#server?.signal("SIGINT");
    await this.#server?.stop();
  }

  /** Starts it again on the same data, however it ended. */
  async restart(): Promise<void> {
    await this.halt();
    // A server that was killed leaves its shared memory to sessions that are still ending.
    const giveUp = performance.now() + START_PATIENCE_MS;
    for (;;) {
      this.#server = this.#spawn();
      try {
        return await this.#answers();
      } catch (error) {
        if (performance.now() > giveUp) throw error;
        await pause();
      }
    }
  }

  /** SIGSTOP, to everything that is the server: it keeps its connections, and is silent. */
  async freeze(): Promise<void> {
    for (const pid of await this.#pids()) signal(pid, "SIGSTOP");
  }

  /** SIGCONT. */
  async resume(): Promise<void> {
    for (const pid of await this.#pids()) signal(pid, "SIGCONT");
  }

  /** What it has written into its log. */
  async log(): Promise<string> {
    return await Deno.readTextFile(join(this.#folder, "server.log")).catch(() => "");
  }

  /** Ends it, and removes everything that it has written. */
  async stop(): Promise<void> {
    if (this.#server && !this.#server.hasEnded) await this.resume();
    await this.halt();
    await Deno.remove(this.#folder, { recursive: true });
  }

  /** The server and its sessions. */
  async #pids(): Promise<number[]> {
    const children = await Deno.readTextFile(`/proc/${this.pid}/task/${this.pid}/children`);
    return [this.pid, ...children.trim().split(" ").filter(Boolean).map(Number)];
  }

  async #make(config: readonly string[], tls: boolean): Promise<void> {
    const password = join(this.#folder, "password");
    await Deno.writeTextFile(password, this.password);
    if (tls) await makeCertificate(this.#folder);
    // Everything is the server's user's, who else could not come to it.
    await this.#own();
    await this.#run("initdb", {
      args: ["-D", this.#data, "-U", this.user, "-A", "scram-sha-256", "--pwfile", password]
        .concat("-E", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
      asServer: true,
    });
    const lines = [
      `listen_addresses = '${this.host}'`,
      `port = ${this.port}`,
      "unix_socket_directories = ''",
      "shared_buffers = 32MB",
      ...tls
        ? ["ssl = on", `ssl_cert_file = '${this.certificate}'`, `ssl_key_file = '${this.#folder}/key.pem'`]
        : [],
      ...config,
    ];
    const file = join(this.#data, "postgresql.conf");
    await Deno.writeTextFile(file, `${lines.join("\n")}\n`, { append: true });
  }

  get #data(): string {
    return join(this.#folder, "data");
  }

  async #own(): Promise<void> {
    if (Deno.uid() !== 0) return;
    const command = new Deno.Command("chown", {
      args: ["-R", `${USER.name}:${USER.group}`, this.#folder],
    });
    if (!(await command.output()).success) {
      throw new PostgresServerError(`${this.#folder} cannot be given to ${USER.name}`);
    }
  }

  #spawn(): ServerProcess {
    const [program, ...args] = asServer(join(programs() ?? "", "postgres"), ["-D", this.#data]);
    return new ServerProcess(program as string, {
      args,
      env: { LANG: "C.UTF-8", PATH: Deno.env.get("PATH") ?? "" },
      cwd: this.#folder,
      log: join(this.#folder, "server.log"),
    });
  }

  async #run(
    program: string,
    options: { args: string[]; env?: Record<string, string>; asServer?: boolean },
  ): Promise<string> {
    const path = join(programs() ?? "", program);
    const [first, ...args] = options.asServer ? asServer(path, options.args) : [path, ...options.args];
    const { success, stdout, stderr } = await new Deno.Command(first as string, {
      args,
      env: { LANG: "C.UTF-8", PATH: Deno.env.get("PATH") ?? "", ...options.env },
      clearEnv: true,
      cwd: this.#folder,
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    if (!success) throw new PostgresServerError(`${program}: ${text(stderr)}${text(stdout)}`);
    return text(stdout).trimEnd();
  }

  async #answers(): Promise<void> {
    const giveUp = performance.now() + START_PATIENCE_MS;
    while (!await this.#greets()) {
      if (this.#server?.hasEnded || performance.now() > giveUp) {
        throw new PostgresServerError(
          `the server does not answer; its log ends with:\n${(await this.log()).slice(-4_000)}`,
        );
      }
      await pause();
    }
    // It answers before it has recovered, and then lets nobody in.
    for (;;) {
      try {
        await this.sql("SELECT 1");
        return;
      } catch (error) {
        if (this.#server?.hasEnded || performance.now() > giveUp) throw error;
        await pause();
      }
    }
  }

  async #greets(): Promise<boolean> {
    try {
      using connection = await Deno.connect({ hostname: this.host, port: this.port });
      await connection.write(SSL_REQUEST);
      return await connection.read(new Uint8Array(1)) !== null;
    } catch (error) {
      if (error instanceof Deno.errors.ConnectionRefused || error instanceof Deno.errors.ConnectionReset) {
        return false;
      }
      throw error;
    }
  }
}

function signal(pid: number, name: Deno.Signal): void {
  try {
    Deno.kill(pid, name);
  } catch (error) {
    // A session that has ended in this moment.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PROBE_MS));
}

/** A command as the server's user runs it; the process then is the program itself. */
function asServer(program: string, args: readonly string[]): string[] {
  if (Deno.uid() !== 0) return [program, ...args];
  return ["setpriv", `--reuid=${USER.name}`, `--regid=${USER.group}`, "--clear-groups", program, ...args];
}

/** The folder of the newest version's programs. */
function programs(): string | undefined {
  try {
    const versions = [...Deno.readDirSync(VERSIONS)].map(({ name }) => name)
      .filter((name) => isFile(join(VERSIONS, name, "bin", "postgres")));
    const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
    return newest === undefined ? undefined : join(VERSIONS, newest, "bin");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
