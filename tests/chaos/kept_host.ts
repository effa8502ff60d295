/**
 * `host/main.ts` as a cluster keeps it: a process behind a network of its own, started again whenever it ends.
 *
 * @module
 */

import { join } from "@std/path";
import { TcpProxy } from "../servers/tcp_proxy.ts";

/** A host that did not come up, or was lost otherwise than a test wanted it. */
export class KeptHostError extends Error {
  override readonly name = "KeptHostError";
}

/** What a host is started with. */
export interface KeptHostOptions {
  /** The working tree whose host is run. */
  readonly root: string;
  /** An actor's yaml file, or a member of the crew. */
  readonly what: string;
  /** What stands behind it on the command line; the transport's address by the port that is given. */
  readonly args: (port: number) => readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Port of the broker. */
  readonly port: number;
  /** Run before the host's own code at each start, with these variables; undefined for none. @default none */
  readonly preload?: (
    start: number,
  ) => { readonly file: string; readonly env: Record<string, string> } | undefined;
}

/** What is kept of what a process says. */
const MOST_OUTPUT = 20_000;
/** A host that a fault strikes while it starts may end with an error that it names; once it runs, nothing ends it. */
const NAMED_ERROR = /^troupe\.\w+: /m;
/** Starts in a row that may end so. */
const MOST_FAILED_STARTS = 20;

/** A host that is kept running. */
export class KeptHost {
  readonly what: string;
  readonly proxy: TcpProxy;
  readonly #options: KeptHostOptions;
  #wanted = false;
  #process: Deno.ChildProcess | undefined;
  #keeping: Promise<void> = Promise.resolve();
  #starts = 0;
  #killed = 0;
  #output = "";
  readonly #failures: string[] = [];

  constructor(options: KeptHostOptions) {
    this.#options = options;
    this.what = options.what;
    this.proxy = new TcpProxy({ port: options.port });
  }

  /** How often it was killed, by whomever. */
  get killed(): number {
    return this.#killed;
  }

  /** Ends that nothing excuses, with what it said. */
  get failures(): readonly string[] {
    return this.#failures;
  }

  /** The end of what it has said. */
  get output(): string {
    return this.#output;
  }

  /** Starts it; resolves when it says that it runs. */
  async start(): Promise<void> {
    this.#wanted = true;
    const running = Promise.withResolvers<void>();
    this.#keeping = this.#keep(running.resolve);
    this.#keeping.then(() =>
      running.reject(new KeptHostError(`${this.what} does not start:\n${this.#output}`))
    );
    await running.promise;
  }

  /** SIGKILL; it is started again. @returns False when it was not there at this moment. */
  kill9(): boolean {
    return this.#process !== undefined && kill(this.#process.pid, "SIGKILL");
  }

  /** Kills one of its sandboxes. @returns False when there was none at this moment. */
  killChild(random: () => number): boolean {
    const pids = this.#children();
    const pid = pids[Math.floor(random() * pids.length)];
    return pid !== undefined && kill(pid, "SIGKILL");
  }

  /** SIGTERM: it finishes what it has in hand and ends; one that is still starting has nothing in hand, and just ends. */
  async drain(): Promise<void> {
    this.#wanted = false;
    if (this.#process) kill(this.#process.pid, "SIGTERM");
    await this.#keeping;
  }

  /** Ends it, and its network, whatever it does. */
  async end(): Promise<void> {
    this.#wanted = false;
    this.kill9();
    await this.#keeping;
    await this.proxy.close();
  }

  async #keep(onRunning: () => void): Promise<void> {
    let failedStarts = 0;
    while (this.#wanted) {
      let runs = false;
      const process = this.#process = this.#spawn();
      this.#output = "";
      for await (const text of process.stderr.pipeThrough(new TextDecoderStream())) {
        this.#output = (this.#output + text).slice(-MOST_OUTPUT);
        if (runs || !this.#output.includes('"it runs"')) continue;
        runs = true;
        onRunning();
      }
      const { signal, code } = await process.status;
      this.#process = undefined;
      failedStarts = runs ? 0 : failedStarts + 1;
      const isFailedStart = !runs && code === 1 && NAMED_ERROR.test(this.#output);
      if (signal === "SIGKILL") this.#killed++;
      else if (this.#wanted ? !isFailedStart || failedStarts > MOST_FAILED_STARTS : runs && code !== 0) {
        this.#failures.push(`${this.what} ended with ${signal ?? code}:\n${this.#output.slice(-2_000)}`);
        this.#wanted = false;
      }
    }
  }

  #spawn(): Deno.ChildProcess {
    const { root, what, args, env, preload } = this.#options;
    const before = preload?.(this.#starts++);
    return new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        ...before ? ["--preload", before.file] : [],
        join(root, "host/main.ts"),
        what,
        ...args(this.proxy.port),
      ],
      cwd: root,
      env: { NO_COLOR: "1", ...env, ...before?.env },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
  }

  #children(): number[] {
    const pid = this.#process?.pid;
    if (pid === undefined) return [];
    try {
      const children = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`);
      return children.trim().split(" ").filter(Boolean).map(Number);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  }
}

function kill(pid: number, signal: Deno.Signal): boolean {
  try {
    Deno.kill(pid, signal);
    return true;
  } catch (error) {
    // It ended by itself in this moment.
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
