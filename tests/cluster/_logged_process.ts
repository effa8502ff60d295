/**
 * A process that writes a log, and says how it is at a port: a test waits for what it says.
 *
 * @module
 */

import type { ServerProcess } from "../servers/_process.ts";

/** A running process. */
export class LoggedProcess implements AsyncDisposable {
  readonly #process: ServerProcess;
  readonly #log: string;
  /** Where its health is asked for, on loopback. */
  readonly port: number;

  constructor(process: ServerProcess, { log, port }: { readonly log: string; readonly port: number }) {
    this.#process = process;
    this.#log = log;
    this.port = port;
  }

  /** Process id. */
  get pid(): number {
    return this.#process.pid;
  }

  /** What it has written into its log. */
  log(): Promise<string> {
    return Deno.readTextFile(this.#log);
  }

  /** Resolves when its log has a text. @throws {Error} when it ends before that, with its log */
  async says(text: string): Promise<void> {
    using watcher = Deno.watchFs(this.#log);
    void this.#process.ended.then(() => {
      try {
        watcher.close();
      } catch {
        // It is closed already.
      }
    });
    if ((await this.log()).includes(text)) return;
    for await (const _ of watcher) if ((await this.log()).includes(text)) return;
    throw new Error(`it has ended, and has not said "${text}": ${await this.log()}`);
  }

  /** What it answers at a path of its health port. */
  async ask(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`);
    return { status: response.status, text: await response.text() };
  }

  /** SIGKILL. */
  kill9(): Promise<void> {
    return this.#process.kill9();
  }

  /** SIGTERM, and SIGKILL if that is of no avail. */
  stop(): Promise<void> {
    return this.#process.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
