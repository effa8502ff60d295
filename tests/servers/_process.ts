/**
 * Processes of a test server: started without a terminal, ended by their ids, whatever becomes of the test.
 *
 * @module
 */

const running = new Set<number>();
const folders = new Set<string>();

// A test that fails half-way, or an uncaught error, must leave nothing behind.
globalThis.addEventListener("unload", () => {
  for (const pid of running) signal(pid, "SIGKILL");
  for (const folder of folders) removeSync(folder);
});

/** Makes a folder for a server's files, which goes with this process at the latest. */
export async function serverFolder(name: string): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: `troupe_${name}_` });
  folders.add(folder);
  return folder;
}

/** A server's process. */
export class ServerProcess {
  readonly pid: number;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  #hasEnded = false;

  /** @param command What to run; nothing of its surroundings but `env` is passed on. What it prints is added to `log`. */
  constructor(
    command: string,
    options: {
      readonly args: readonly string[];
      readonly env: Record<string, string>;
      readonly cwd: string;
      readonly log: string;
    },
  ) {
    const child = new Deno.Command("/bin/sh", {
      // The shell becomes the program, so that the process id is the program's.
      args: ["-c", 'log=$1; shift; exec "$@" >>"$log" 2>&1', "sh", options.log, command, ...options.args],
      env: options.env,
      cwd: options.cwd,
      clearEnv: true,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.pid = child.pid;
    running.add(child.pid);
    this.ended = child.status.then(() => {
      this.#hasEnded = true;
      running.delete(child.pid);
    });
  }

  /** Whether it has ended. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Sends it a signal, unless it has ended. */
  signal(name: Deno.Signal): void {
    if (!this.#hasEnded) signal(this.pid, name);
  }

  /** SIGTERM, then SIGKILL if it does not end within some seconds. */
  async stop(patienceMs = 15_000): Promise<void> {
    this.signal("SIGTERM");
    const timer = setTimeout(() => this.signal("SIGKILL"), patienceMs);
    await this.ended;
    clearTimeout(timer);
  }

  /** SIGKILL. */
  async kill9(): Promise<void> {
    this.signal("SIGKILL");
    await this.ended;
  }
}

function signal(pid: number, name: Deno.Signal): void {
  try {
    Deno.kill(pid, name);
  } catch (error) {
    // It ended in this moment.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Where ports are looked for: below those that the kernel gives to outgoing connections, which would take a port that is free while its server is started anew. */
const PORTS = { first: 20_000, count: 12_000 };

/** A port of loopback on which nobody listens now. */
export function freePort(): number {
  for (;;) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

function removeSync(folder: string): void {
  try {
    Deno.removeSync(folder, { recursive: true });
  } catch {
    // It is gone, or a process that was killed in this moment still writes to it.
  }
}
