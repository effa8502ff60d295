/**
 * Notices that a source of the mesh has changed.
 *
 * Deno opens and closes each file that has changed in a folder that it watches. By the rules of POSIX that takes away
 * every lock which this process has on the file, and SQLite relies on its locks: a queue whose file is watched by the
 * process that has it open loses messages. So folders are watched one by one, and that of the mesh's state is not.
 *
 * @module
 */

import { relative } from "@std/path";
import { OUTPUT_FOLDERS } from "../../build/folder_digest.ts";
import { sourceFolders } from "./source_folders.ts";

/** Editors write a file in several steps; the mesh is told when this many milliseconds have passed without another. */
const QUIET_MS = 150;

/** Whether a path (relative to the mesh) may be a source: not an output, not hidden, not an editor's own file. */
export function isSource(path: string): boolean {
  const segments = path.split(/[\\/]/);
  const name = segments.at(-1) ?? "";
  if (segments.some((segment) => OUTPUT_FOLDERS.has(segment) || segment.startsWith("."))) return false;
  return !/^4913$|~$|\.sw[a-z]$|\.tmp$|^#.*#$/.test(name);
}

/** What to watch, and what to do then. */
export interface WatchOptions {
  /** The mesh's folder: its real path, absolute. */
  readonly dir: string;
  /** Folders that are not watched, such as that of the mesh's state: real paths, absolute. */
  readonly except: readonly string[];
  /** Takes up what has changed. Not called again before it has resolved; must not reject. */
  readonly onChange: () => Promise<void>;
  /** Told when the folders can no longer be watched. */
  readonly onFailure: (error: unknown) => void;
}

/** Watches until {@linkcode close} is called. Changes that come while one is being taken up are taken up after it. */
export class SourceWatcher {
  readonly #options: WatchOptions;
  #folders: readonly string[] = [];
  #watcher: Deno.FsWatcher | undefined;
  #watching: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> = Promise.resolve();
  #busy = false;
  #again = false;
  #closed = false;

  private constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** Begins to watch. Rejects where the system does not let it. */
  static async open(options: WatchOptions): Promise<SourceWatcher> {
    const watcher = new SourceWatcher(options);
    await watcher.#cover();
    return watcher;
  }

  /** Watches every folder that there is, also those that come meanwhile. */
  async #cover(): Promise<void> {
    for (;;) {
      const folders = await sourceFolders(this.#options.dir, this.#options.except);
      if (this.#closed || folders.length === 0 || String(folders) === String(this.#folders)) return;
      // The new one first, so that nothing happens unseen.
      const before = this.#watcher;
      this.#watcher = Deno.watchFs(folders, { recursive: false });
      this.#folders = folders;
      before?.close();
      this.#watching = Promise.all([this.#watching, this.#watch(this.#watcher)]).then(() => {});
    }
  }

  async #watch(watcher: Deno.FsWatcher): Promise<void> {
    for await (const { kind, paths } of watcher) {
      if (kind === "access" || !paths.some((path) => isSource(relative(this.#options.dir, path)))) continue;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#changed(), QUIET_MS);
    }
  }

  #changed(): void {
    if (this.#closed) return;
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#busy = true;
    this.#running = this.#takeUp().finally(() => {
      this.#busy = false;
      if (!this.#again) return;
      this.#again = false;
      this.#changed();
    });
  }

  async #takeUp(): Promise<void> {
    try {
      await this.#cover();
    } catch (error) {
      // A folder went away at that moment, or there are more than the system lets be watched.
      this.#options.onFailure(error);
    }
    await this.#options.onChange();
  }

  /** Stops watching; resolves when a change that is being taken up has been. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#watcher?.close();
    await this.#watching;
    await this.#running;
  }
}
