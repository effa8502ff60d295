/**
 * A host as a cluster runs it: a process of its own.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { childrenOf } from "./cpu.ts";

const MAIN = fromFileUrl(new URL("../host/main.ts", import.meta.url));

/** A running host. */
export class HostProcess {
  readonly #process: Deno.ChildProcess;
  readonly #reading: Promise<void>;
  #said = "";

  private constructor(args: readonly string[], env: Record<string, string>, onRunning: () => void) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", MAIN, ...args],
      env,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.#reading = this.#read(onRunning);
  }

  /** Starts it; resolves when it says that it runs. Rejects, with what it has said, when it ends before. */
  static async start(args: readonly string[], env: Record<string, string>): Promise<HostProcess> {
    const running = Promise.withResolvers<void>();
    const host = new HostProcess(args, env, running.resolve);
    host.#reading.then(() => running.reject(new Error(`the host has ended: ${host.#said}`)));
    await running.promise;
    return host;
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Process ids of its sandboxes. */
  get stage(): number[] {
    return childrenOf(this.pid);
  }

  /** Has it drain, and waits for its end. */
  async end(): Promise<void> {
    this.#process.kill("SIGTERM");
    await this.#process.status;
    await this.#reading;
  }

  async #read(onRunning: () => void): Promise<void> {
    for await (const text of this.#process.stderr.pipeThrough(new TextDecoderStream())) {
      this.#said = (this.#said + text).slice(-5_000);
      if (this.#said.includes('"it runs"')) onRunning();
    }
  }
}
