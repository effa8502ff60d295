/**
 * `troupe` as a person runs it: as processes, which a test may kill.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";

const HERE = fromFileUrl(new URL("..", import.meta.url));

/** A command of `troupe` that did not end well. */
export class TroupeCommandError extends Error {
  override readonly name = "TroupeCommandError";
}

/** Where the `troupe` under test is, and what it reads. */
export interface TroupeOptions {
  /** The working tree. @default this one */
  readonly root?: string;
  /** @default nothing */
  readonly stdin?: string;
  /** Exit codes that are not an error. @default [0] */
  readonly codes?: readonly number[];
}

/** What became of a command. */
export interface TroupeRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end, however that is. */
export async function runTroupe(
  args: readonly string[],
  { root = HERE, stdin = "" }: Omit<TroupeOptions, "codes"> = {},
): Promise<TroupeRun> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", join(root, "cli/main.ts"), ...args],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writing = ReadableStream.from([new TextEncoder().encode(stdin)]).pipeTo(child.stdin).catch(() => {
    // It ended without reading everything; its exit code tells whether that was right.
  });
  const { code, stdout, stderr } = await child.output();
  await writing;
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Runs a command to its end and gives what it printed. */
export async function troupe(
  args: readonly string[],
  { codes = [0], ...options }: TroupeOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await runTroupe(args, options);
  if (!codes.includes(code)) {
    throw new TroupeCommandError(`troupe ${args.join(" ")}: exit code ${code}\n${stderr}`);
  }
  return stdout;
}

/** Whom to kill: the process of the mesh, one of its sandboxes, or both. */
export type Victim = "up" | "child" | "both";

/** A mesh on one machine, `troupe up`, that is killed and started again. */
export class MeshProcess {
  readonly #options: { readonly root?: string; readonly dir: string; readonly data: string };
  #process: Deno.ChildProcess | undefined;
  #output = "";

  /** @param options `root`: the working tree; `dir`: the mesh; `data`: its state. */
  constructor(options: { readonly root?: string; readonly dir: string; readonly data: string }) {
    this.#options = options;
  }

  /** What it has printed since it was last started: for a person who looks into a failure. */
  get output(): string {
    return this.#output;
  }

  /** Whether it was started and has not been ended by {@linkcode finish} or {@linkcode terminate}. */
  get isRunning(): boolean {
    return this.#process !== undefined;
  }

  /** Process id of `troupe up`. */
  get pid(): number {
    return this.#running().pid;
  }

  /** Starts it; resolves when it says that it is up. */
  async start(): Promise<void> {
    this.#process = this.#spawn([]);
    await this.#read(this.#process, /^mesh is up/m);
  }

  /** Process ids of the sandboxes. */
  sandboxes(): number[] {
    const { pid } = this.#running();
    try {
      return Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).trim().split(" ").filter(Boolean).map(
        Number,
      );
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  }

  /**
   * Kills with SIGKILL, and starts the mesh again if it was killed.
   *
   * @returns False when there was no sandbox to kill at that moment.
   */
  async kill(victim: Victim, random: () => number = Math.random): Promise<boolean> {
    const sandboxes = this.sandboxes();
    const sandbox = sandboxes[Math.floor(random() * sandboxes.length)];
    if (victim !== "up") {
      if (sandbox === undefined) return false;
      kill(sandbox);
    }
    if (victim !== "child") {
      const process = this.#running();
      process.kill("SIGKILL");
      await process.status;
      await this.start();
    }
    return true;
  }

  /** Lets it come to an end: nothing is left to do. */
  async finish(): Promise<void> {
    await this.terminate();
    const last = this.#spawn(["--until-idle"]);
    this.#process = last;
    await this.#read(last);
    const { code } = await last.status;
    if (code !== 0) {
      throw new TroupeCommandError(`troupe up --until-idle: exit code ${code}\n${this.#output}`);
    }
    this.#process = undefined;
  }

  /** SIGTERM, and waits for its end. */
  async terminate(): Promise<number> {
    const process = this.#running();
    process.kill("SIGTERM");
    this.#process = undefined;
    return (await process.status).code;
  }

  #running(): Deno.ChildProcess {
    if (!this.#process) throw new TroupeCommandError("the mesh is not running");
    return this.#process;
  }

  #spawn(more: string[]): Deno.ChildProcess {
    const { root = HERE, dir, data } = this.#options;
    return new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        join(root, "cli/main.ts"),
        "up",
        dir,
        "--data",
        data,
        "--plain",
        "--no-watch",
        "--no-check",
        ...more,
      ],
      cwd: root,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
  }

  /** Collects what it prints, to its end; resolves when a line has come that says what is waited for. */
  #read(process: Deno.ChildProcess, until?: RegExp): Promise<void> {
    this.#output = "";
    return new Promise((resolve, reject) => {
      (async () => {
        for await (const chunk of process.stderr.pipeThrough(new TextDecoderStream())) {
          this.#output = (this.#output + chunk).slice(-20_000);
          if (until?.test(this.#output)) resolve();
        }
        if (until) reject(new TroupeCommandError(`troupe up ended before it was up:\n${this.#output}`));
        resolve();
      })().catch(reject);
    });
  }
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    // It ended by itself since it was listed.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
