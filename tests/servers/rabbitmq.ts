/**
 * A real RabbitMQ broker for tests: on loopback, with ports, a folder, a node name, a cookie and a port mapper of its own.
 *
 * A broker takes 5 to 14 seconds to start; tests of a file share one, each in a namespace of its own.
 *
 * @module
 */

import { join } from "@std/path";
import { lacks } from "../require.ts";
import { makeCertificate } from "./_certificate.ts";
import { freePort, serverFolder, ServerProcess } from "./_process.ts";

/** Where Debian puts the scripts. The wrapper on `PATH` changes the user and drops the environment. */
const SCRIPTS = "/usr/lib/rabbitmq/bin";
const EPMD = "/usr/bin/epmd";
/** How long a broker may take to answer, in milliseconds. */
const START_PATIENCE_MS = 90_000;
/** Pause between two attempts to reach it, in milliseconds. */
const PROBE_MS = 100;
/** How long the broker waits until it sends on again what a queue has not confirmed, in milliseconds. */
const DEAD_LETTER_PATIENCE_MS = 3_000;
const PROTOCOL_HEADER = Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1);

/** Whether tests that need a broker are to be skipped on this machine. */
export function lacksRabbitmq(): boolean {
  return lacks("rabbitmq-server", "apt install rabbitmq-server");
}

/** A broker that did not start, or a command to it that failed. */
export class RabbitmqServerError extends Error {
  override readonly name = "RabbitmqServerError";
}

/** What a broker is started with. */
export interface RabbitmqServerOptions {
  /** Lines of `rabbitmq.conf` beyond what the helper writes. @default none */
  readonly config?: readonly string[];
  /** Also listens with TLS, with a certificate of its own making (openssl). @default false */
  readonly tls?: boolean;
  /** Also serves the management interface. @default false */
  readonly management?: boolean;
}

/** A running broker. */
export class RabbitmqServer {
  /** Whom it lets in. The password has characters that an address has to escape. */
  readonly user = "troupe";
  readonly password = "s3cret/p@ss:word%";
  readonly host = "127.0.0.1";
  readonly port: number;
  /** Port with TLS; 0 without. */
  readonly tlsPort: number;
  /** The certificate that vouches for it, a PEM file; only with TLS. */
  readonly certificate: string;
  /** URL of the management interface; empty without. */
  readonly management: string;
  readonly #folder: string;
  readonly #env: Record<string, string>;
  readonly #epmd: ServerProcess;
  #broker: ServerProcess;

  private constructor(
    at: {
      folder: string;
      port: number;
      tlsPort: number;
      managementPort: number;
      env: Record<string, string>;
    },
  ) {
    this.#folder = at.folder;
    this.port = at.port;
    this.tlsPort = at.tlsPort;
    this.certificate = join(at.folder, "certificate.pem");
    this.management = at.managementPort === 0 ? "" : `http://${this.host}:${at.managementPort}`;
    this.#env = at.env;
    const { ERL_EPMD_PORT = "", ERL_EPMD_ADDRESS = "" } = at.env;
    this.#epmd = new ServerProcess(EPMD, {
      args: ["-port", ERL_EPMD_PORT, "-address", ERL_EPMD_ADDRESS],
      env: at.env,
      cwd: at.folder,
      log: join(at.folder, "log", "epmd.log"),
    });
    this.#broker = this.#spawn();
  }

  /** Starts a broker; resolves when it answers an AMQP handshake. */
  static async start(options: RabbitmqServerOptions = {}): Promise<RabbitmqServer> {
    const folder = await serverFolder("rabbitmq");
    const port = freePort();
    const tlsPort = options.tls ? freePort() : 0;
    const managementPort = options.management ? freePort() : 0;
    await writeFiles(folder, { ...options, tlsPort, managementPort });
    const server = new RabbitmqServer({
      folder,
      port,
      tlsPort,
      managementPort,
      env: environment(folder, port),
    });
    try {
      await server.#answers();
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Its address, as `openTransport` takes it. */
  address(query: Record<string, string> = {}, port = this.port): string {
    const who = `${encodeURIComponent(this.user)}:${encodeURIComponent(this.password)}`;
    const search = new URLSearchParams(query).toString();
    return `rabbitmq://${who}@${this.host}:${port}${search && `/?${search}`}`;
  }

  /** Process id of the broker. */
  get pid(): number {
    return this.#broker.pid;
  }

  /** Kills the broker with SIGKILL; its data stay. */
  kill9(): Promise<void> {
    return this.#broker.kill9();
  }

  /** Starts it again on the same data, however it ended. */
  async restart(): Promise<void> {
    if (!this.#broker.hasEnded) await this.#broker.stop();
    this.#broker = this.#spawn();
    await this.#answers();
  }

  /** SIGSTOP: it keeps its connections, and is silent. */
  freeze(): void {
    this.#broker.signal("SIGSTOP");
  }

  /** SIGCONT. */
  resume(): void {
    this.#broker.signal("SIGCONT");
  }

  /** Has it believe that it has no memory left, or that it has again: publishers are blocked meanwhile. */
  async memoryAlarm(on: boolean): Promise<void> {
    await this.control("set_vm_memory_high_watermark", on ? "0.00001" : "0.6");
  }

  /** Runs `rabbitmqctl`. @returns What it printed. */
  async control(...args: string[]): Promise<string> {
    const { success, stdout, stderr } = await new Deno.Command(join(SCRIPTS, "rabbitmqctl"), {
      args: ["--quiet", ...args],
      env: this.#env,
      clearEnv: true,
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    if (!success) {
      throw new RabbitmqServerError(`rabbitmqctl ${args.join(" ")}: ${text(stderr)}${text(stdout)}`);
    }
    return text(stdout);
  }

  /** What it has written into its log. */
  async log(): Promise<string> {
    let text = "";
    for await (const { name } of Deno.readDir(join(this.#folder, "log"))) {
      if (name.endsWith(".log")) text += await Deno.readTextFile(join(this.#folder, "log", name));
    }
    return text;
  }

  /** Ends it, and removes everything that it has written. */
  async stop(): Promise<void> {
    this.resume();
    await this.#broker.stop();
    await this.#epmd.stop();
    await Deno.remove(this.#folder, { recursive: true });
  }

  #spawn(): ServerProcess {
    return new ServerProcess(join(SCRIPTS, "rabbitmq-server"), {
      args: [],
      env: this.#env,
      cwd: this.#folder,
      log: join(this.#folder, "log", "output.log"),
    });
  }

  async #answers(): Promise<void> {
    const giveUp = performance.now() + START_PATIENCE_MS;
    while (!await this.#handshake()) {
      if (this.#broker.hasEnded || performance.now() > giveUp) {
        const log = await this.log();
        throw new RabbitmqServerError(`the broker does not answer; its log ends with:\n${log.slice(-4_000)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
    }
  }

  async #handshake(): Promise<boolean> {
    try {
      using connection = await Deno.connect({ hostname: this.host, port: this.port });
      await connection.write(PROTOCOL_HEADER);
      const frame = new Uint8Array(7);
      // A method frame on channel 0: connection.start.
      return await connection.read(frame) !== null && frame[0] === 1;
    } catch (error) {
      if (error instanceof Deno.errors.ConnectionRefused || error instanceof Deno.errors.ConnectionReset) {
        return false;
      }
      throw error;
    }
  }
}

/** Does something whose child processes are let in by a broker: credentials come from the environment, as in a deployment. */
export async function withCredentials(
  { user, password }: Pick<RabbitmqServer, "user" | "password">,
  run: () => Promise<void>,
): Promise<void> {
  Deno.env.set("TROUPE_RABBITMQ_USER", user);
  Deno.env.set("TROUPE_RABBITMQ_PASSWORD", password);
  try {
    await run();
  } finally {
    Deno.env.delete("TROUPE_RABBITMQ_USER");
    Deno.env.delete("TROUPE_RABBITMQ_PASSWORD");
  }
}

function environment(folder: string, port: number): Record<string, string> {
  return {
    PATH: Deno.env.get("PATH") ?? "",
    LANG: "C.UTF-8",
    HOME: folder,
    ERL_EPMD_PORT: String(freePort()),
    ERL_EPMD_ADDRESS: "127.0.0.1",
    RABBITMQ_NODENAME: `troupe-${port}@localhost`,
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_NODE_IP_ADDRESS: "127.0.0.1",
    RABBITMQ_DIST_PORT: String(freePort()),
    RABBITMQ_MNESIA_BASE: join(folder, "data"),
    RABBITMQ_LOG_BASE: join(folder, "log"),
    RABBITMQ_CONFIG_FILE: join(folder, "rabbitmq.conf"),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, "advanced.config"),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "plugins"),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-kernel inet_dist_use_interface {127,0,0,1}",
    // The script then becomes the broker instead of starting one, so that the process id in hand is the broker's.
    RUNNING_UNDER_SYSTEMD: "true",
  };
}

async function writeFiles(
  folder: string,
  options: RabbitmqServerOptions & { tlsPort: number; managementPort: number },
): Promise<void> {
  const { config = [], tls, tlsPort, management, managementPort } = options;
  await Deno.mkdir(join(folder, "log"));
  await Deno.writeTextFile(join(folder, ".erlang.cookie"), crypto.randomUUID(), { mode: 0o400 });
  await Deno.writeTextFile(join(folder, "plugins"), `[${management ? "rabbitmq_management" : ""}].\n`);
  if (tls) await makeCertificate(folder);
  const lines = [
    "default_user = troupe",
    "default_pass = s3cret/p@ss:word%",
    "disk_free_limit.absolute = 50MB",
    "raft.wal_max_size_bytes = 64000000",
    ...tls
      ? [
        `listeners.ssl.1 = 127.0.0.1:${tlsPort}`,
        `ssl_options.certfile = ${join(folder, "certificate.pem")}`,
        `ssl_options.keyfile = ${join(folder, "key.pem")}`,
        `ssl_options.cacertfile = ${join(folder, "certificate.pem")}`,
        "ssl_options.verify = verify_none",
      ]
      : [],
    ...management ? ["management.tcp.ip = 127.0.0.1", `management.tcp.port = ${managementPort}`] : [],
    ...config,
  ];
  await Deno.writeTextFile(join(folder, "rabbitmq.conf"), `${lines.join("\n")}\n`);
  // How long a dead letter, which a delayed message is, stays away that was sent on to a queue without a leader, as queues
  // are for a moment after a crash. The broker's own 3 minutes are more than a test can wait.
  await Deno.writeTextFile(
    join(folder, "advanced.config"),
    `[{rabbit, [{dead_letter_worker_publisher_confirm_timeout, ${DEAD_LETTER_PATIENCE_MS}}]}].\n`,
  );
}
