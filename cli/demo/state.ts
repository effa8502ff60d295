/**
 * What a run of the demo has to remember, so that the next one can go on where it was interrupted.
 *
 * @module
 */

import { join } from "@std/path";
import { z } from "zod";
import { TroupeError } from "@troupe/host/errors";
import { UsageError } from "../commands/usage_error.ts";

/** Files that belong to one run; the cache of transpiled components outlives it. */
const RUN_FILES = /^((mesh|results)\.db(-.*)?|sent\.jsonl|run\.json|transport\.json)$/;

const Run = z.object({
  /** The folder whose documents are sent, absolute. */
  folder: z.string(),
  /** Whether everything that was sent has been accounted for. */
  finished: z.boolean(),
});
type Run = z.infer<typeof Run>;

/** One envelope that was sent: its id, and the name under which it is accounted for. */
const Sent = z.tuple([z.string(), z.string()]);

/** Another demo is running on the same state. */
export class DemoRunningError extends TroupeError {
  constructor(folder: string) {
    super(
      "troupe.DemoRunning",
      "user",
      `A demo is running already with its state in ${folder}: wait for its end`,
    );
  }
}

/** The state of the demo, locked for one process. */
export class DemoState implements Disposable {
  readonly #path: string;
  readonly #lock: Deno.FsFile;
  readonly #run: Run;
  readonly #sent: Map<string, string>;
  /** Whether a run with the same folder was interrupted, and goes on. */
  readonly resumed: boolean;

  private constructor(path: string, lock: Deno.FsFile, before: { run: Run; sent?: Map<string, string> }) {
    this.#path = path;
    this.#lock = lock;
    this.#run = before.run;
    this.#sent = before.sent ?? new Map();
    this.resumed = before.sent !== undefined;
  }

  /**
   * Opens the state: that of an interrupted run with the same folder is kept, any other is cleared.
   *
   * @param path Folder of the state.
   * @param folder Folder of the documents, absolute.
   * @throws {DemoRunningError} when another process has it.
   * @throws {UsageError} when the folder holds the state of another mesh, which is not to be cleared.
   */
  static async open(path: string, folder: string): Promise<DemoState> {
    await Deno.mkdir(path, { recursive: true });
    const lock = await Deno.open(join(path, "lock"), { create: true, write: true });
    // The lock is the kernel's: it goes with the process, however that ends.
    if (!await lock.tryLock(true)) {
      lock.close();
      throw new DemoRunningError(path);
    }
    const record = await readIfThere(join(path, "run.json"));
    if (record === "" && await exists(join(path, "mesh.db"))) {
      lock.close();
      throw new UsageError(
        `--data ${path}: this is the state of another mesh; name a folder of the demo's own`,
      );
    }
    const before = readRun(record);
    if (before && !before.finished && before.folder === folder) {
      return new DemoState(path, lock, { run: before, sent: await readSent(join(path, "sent.jsonl")) });
    }
    for await (const { name } of Deno.readDir(path)) {
      if (RUN_FILES.test(name)) await Deno.remove(join(path, name), { recursive: true });
    }
    const state = new DemoState(path, lock, { run: { folder, finished: false } });
    await state.#write(state.#run);
    return state;
  }

  /** What is known to have been sent: id → name. */
  get sent(): ReadonlyMap<string, string> {
    return this.#sent;
  }

  /** Notes what is safe in its queue; it is in the file when this resolves. */
  async noteSent(envelopes: ReadonlyMap<string, string>): Promise<void> {
    const lines: string[] = [];
    for (const [id, name] of envelopes) {
      if (this.#sent.has(id)) continue;
      this.#sent.set(id, name);
      lines.push(`${JSON.stringify([id, name])}\n`);
    }
    await Deno.writeTextFile(join(this.#path, "sent.jsonl"), lines.join(""), { append: true });
  }

  /** Notes that everything was accounted for: the next run begins anew. */
  async finish(): Promise<void> {
    await this.#write({ ...this.#run, finished: true });
  }

  async #write(run: Run): Promise<void> {
    const file = join(this.#path, "run.json");
    await Deno.writeTextFile(`${file}.new`, JSON.stringify(run));
    await Deno.rename(`${file}.new`, file);
  }

  /** Gives the lock back. */
  [Symbol.dispose](): void {
    this.#lock.close();
  }
}

/** The record of the run before; none when there was none, or when it cannot be read. */
function readRun(text: string): Run | undefined {
  try {
    return Run.safeParse(JSON.parse(text)).data;
  } catch {
    // None, or damaged: nothing can be resumed from it, and a new run does no harm.
    return undefined;
  }
}

async function readSent(file: string): Promise<Map<string, string>> {
  const text = await readIfThere(file);
  // What follows the last line break was cut off by the end of its process: it is noted again.
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  if (whole !== text) await Deno.writeTextFile(file, whole);
  return new Map(whole.split("\n").slice(0, -1).map((line) => Sent.parse(JSON.parse(line))));
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
