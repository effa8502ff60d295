/**
 * The life of a container of a pod: it is started again when it ends, asked whether it is ready, and told to end.
 *
 * @module
 */

import { IMAGE_ENV, IMAGE_USER } from "@troupe/host/image/commands";
import type { V1Container } from "../../controller/build/kubernetes.ts";
import type { Container } from "../image/_container.ts";

/** How SIGTERM stands in a set of signals. */
const SIGTERM_BIT = 1n << 14n;
/** Pause between two looks whether a process listens for it, in milliseconds: nobody tells. */
const PROBE_MS = 20;
/** How long is waited before a container that has ended more than once is started again, in milliseconds. */
const BACK_OFF_MS = 10_000;

/** What a container is run with. */
export interface ContainerRunOptions {
  /** Starts it. */
  readonly start: () => Promise<Container>;
  /** Of its pod. */
  readonly ip: string;
  /** Called when something about it has changed. */
  readonly onChange: () => void;
}

/** A container that is run. */
export class ContainerRun {
  readonly spec: V1Container;
  /** Resolves when it has ended, and is not started again. */
  readonly over: Promise<void>;
  /** How often it was started again. */
  restarts = 0;
  /** Whether it answered that it is ready, when it was last asked. */
  ready = false;
  /** Whether it was killed, since it did not end in the time that it has for that. */
  overdue = false;
  readonly #options: ContainerRunOptions;
  readonly #stopped = new AbortController();
  #container: Container | undefined;
  #held: Promise<unknown> = Promise.resolve();
  #text = "";
  #graceMs = 0;

  constructor(spec: V1Container, options: ContainerRunOptions) {
    this.spec = spec;
    this.#options = options;
    this.over = this.#live();
  }

  /** Whether its process is there. */
  get runs(): boolean {
    return this.#container !== undefined;
  }

  /** What it has said. */
  get text(): string {
    return this.#text + (this.#container?.text ?? "");
  }

  /** Runs a command in it, as `kubectl exec` does. @returns Its standard output. */
  async exec(command: readonly string[]): Promise<Uint8Array> {
    const { success, stdout, stderr } = await new Deno.Command("nsenter", {
      args: [
        ...["--target", String(this.#container?.pid), "--mount", "--pid", "--uts", "--ipc", "--root", "--wd"],
        ...["/usr/bin/setpriv", "--reuid", `${IMAGE_USER}`, "--regid", `${IMAGE_USER}`],
        ...["--groups", `${IMAGE_USER}`, "--no-new-privs", "--", ...command],
      ],
      clearEnv: true,
      env: { ...IMAGE_ENV },
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return stdout;
  }

  /** Tells it to end; after so many milliseconds it is killed. */
  stop(graceMs: number): void {
    this.#graceMs = graceMs;
    this.#stopped.abort();
    if (this.#container) void this.#end(this.#container);
  }

  /** Kills it with SIGKILL. @param until It is not started again before. @default at once */
  async kill9(until: Promise<unknown> = Promise.resolve()): Promise<void> {
    const container = this.#container;
    this.#held = until;
    kill(container, "SIGKILL");
    await container?.end();
  }

  /** Ends it, whatever it is at. */
  async discard(): Promise<void> {
    this.#stopped.abort();
    await this.#container?.[Symbol.asyncDispose]();
  }

  async #live(): Promise<void> {
    const { start, onChange } = this.#options;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const container = await start();
      this.#container = container;
      onChange();
      if (signal.aborted) void this.#end(container);
      const ended = container.end();
      const asking = this.#ask(ended);
      await ended;
      await asking;
      this.#text += container.text;
      this.#container = undefined;
      this.ready = false;
      if (!signal.aborted) this.restarts++;
      onChange();
      await Promise.race([this.#held, pause(Infinity, signal)]);
      if (this.restarts > 1) await pause(BACK_OFF_MS, signal);
    }
  }

  async #end(container: Container): Promise<void> {
    const timer = setTimeout(() => {
      this.overdue = true;
      kill(container, "SIGKILL");
    }, this.#graceMs);
    let ended = false;
    const end = container.end().finally(() => {
      ended = true;
      clearTimeout(timer);
    });
    // The first process of a container does not notice a signal for which it does not listen: in its first moments, that is.
    while (!ended && !catchesTerm(container)) await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
    kill(container, "SIGTERM");
    await end;
  }

  /** Asks it whether it is ready, again and again. */
  async #ask(ended: Promise<unknown>): Promise<void> {
    const { ports = [], startupProbe, readinessProbe } = this.spec;
    const over = new AbortController();
    void ended.then(() => over.abort());
    const { path = "", port: name } = readinessProbe?.httpGet ?? {};
    const port = ports.find((each) => each.name === name)?.containerPort ?? 0;
    const url = `http://${this.#options.ip}:${port}${path}`;
    while (!over.signal.aborted) {
      const ready = await fetch(url, { signal: over.signal }).then(
        async ({ ok, body }) => {
          await body?.cancel();
          return ok;
        },
        () => false,
      );
      if (ready !== this.ready && !over.signal.aborted) {
        this.ready = ready;
        this.#options.onChange();
      }
      const { periodSeconds = 1 } = (ready ? readinessProbe : startupProbe) ?? {};
      await pause(periodSeconds * 1_000, over.signal);
    }
  }
}

/** Whether the first process of a container listens for SIGTERM. */
function catchesTerm(container: Container): boolean {
  try {
    const caught = /^SigCgt:\s*(\S+)$/m.exec(Deno.readTextFileSync(`/proc/${container.pid}/status`))?.[1];
    return caught !== undefined && (BigInt(`0x${caught}`) & SIGTERM_BIT) !== 0n;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return false;
  }
}

/** Signals the first process of a container, if there is one. */
function kill(container: Container | undefined, signal: Deno.Signal): void {
  try {
    // Of the number 0, the system thinks that everybody is meant.
    if (container && container.pid > 0) container.kill(signal);
  } catch (error) {
    // It has ended.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = ms === Infinity ? undefined : setTimeout(done, ms);
    if (signal.aborted) done();
    else signal.addEventListener("abort", done);
  });
}
