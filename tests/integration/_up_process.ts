/**
 * `troupe up` as a process, with whatever options a test is about.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));

/** How long it may say nothing that is waited for, in milliseconds: a test that hangs says why. */
const PATIENCE_MS = 60_000;

/** A running `troupe up`. */
export class UpProcess implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #reading: Promise<void>;
  readonly #waiting = new Set<() => void>();
  #output = "";
  #ended = false;

  /** Starts it. @param args What follows `troupe up`. */
  constructor(args: readonly string[]) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", join(ROOT, "cli/main.ts"), "up", ...args],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.#reading = this.#read();
  }

  /** Everything that it has said so far. */
  get output(): string {
    return this.#output;
  }

  /** Its process id. */
  get pid(): number {
    return this.#process.pid;
  }

  /** Its exit code, once it has ended. */
  get code(): Promise<number> {
    return this.#reading.then(() => this.#process.status).then(({ code }) => code);
  }

  /** Waits until it has said something, from a place in its output on; gives the match. */
  async says(what: RegExp, { after = 0 }: { readonly after?: number } = {}): Promise<RegExpExecArray> {
    let impatient = false;
    const timer = setTimeout(() => {
      impatient = true;
      this.#wake();
    }, PATIENCE_MS);
    try {
      for (;;) {
        const match = what.exec(this.#output.slice(after));
        if (match) return match;
        const why = impatient ? "it does not say" : this.#ended ? "it ended without saying" : "";
        if (why) throw new Error(`${why} ${what}:\n${this.#output}`);
        await new Promise<void>((resolve) => this.#waiting.add(resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Does something, and waits until it has said something after that. */
  async saysAfter(what: RegExp, act: () => Promise<unknown>): Promise<RegExpExecArray> {
    const after = this.#output.length;
    await act();
    return await this.says(what, { after });
  }

  /** Sends it a signal. */
  kill(signal: Deno.Signal): void {
    this.#process.kill(signal);
  }

  async #read(): Promise<void> {
    for await (const text of this.#process.stderr.pipeThrough(new TextDecoderStream())) {
      this.#output += text;
      this.#wake();
    }
    this.#ended = true;
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  /** Ends it, if it still runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) this.kill("SIGKILL");
    await this.code;
  }
}
