/**
 * `host/main.ts` as a process of its own.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";

const MAIN = fromFileUrl(new URL("./main.ts", import.meta.url));

/** A process of a replica, and what it says. */
export class MainProcess implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #listening: Promise<void>;
  readonly #waiting = new Set<() => void>();
  #text = "";
  #ended = false;

  /** Starts it. */
  constructor(args: readonly string[], env: Record<string, string> = {}) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", MAIN, ...args],
      env: { NO_COLOR: "1", TROUPE_TRANSPORT: "", TROUPE_STORE: "", TROUPE_OBJECTS: "", ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#listening = this.#listen();
  }

  /** The first line that contains a text. Rejects when the process has ended without it. */
  async line(text: string): Promise<string> {
    for (;;) {
      const line = this.#text.split("\n").slice(0, -1).find((line) => line.includes(text));
      if (line !== undefined) return line;
      if (this.#ended) throw new Error(`it ended without saying ${JSON.stringify(text)}:\n${this.#text}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** The address of its endpoints. */
  async address(): Promise<string> {
    const { metricsPort } = JSON.parse(await this.line('"it runs"'));
    return `http://127.0.0.1:${metricsPort}`;
  }

  /** How records of hops name it. */
  get host(): string {
    return `${Deno.hostname()}:${this.#process.pid}`;
  }

  kill(signal: Deno.Signal): void {
    this.#process.kill(signal);
  }

  /** Its exit code and everything that it said, once it has ended. */
  async end(): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
    const [{ code }, stdout] = await Promise.all([
      this.#process.status,
      new Response(this.#process.stdout).text(),
      this.#listening,
    ]);
    return { code, stdout, stderr: this.#text };
  }

  /** Ends it, if it has not ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) this.#process.kill("SIGKILL");
    if (!this.#process.stdout.locked) await this.#process.stdout.cancel();
    await this.#listening;
    await this.#process.status;
  }

  async #listen(): Promise<void> {
    for await (const part of this.#process.stderr.pipeThrough(new TextDecoderStream())) {
      this.#text += part;
      this.#wake();
    }
    this.#ended = true;
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
