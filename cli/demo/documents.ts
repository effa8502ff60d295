/**
 * The text files of a folder.
 *
 * @module
 */

import { TroupeError } from "@troupe/host/errors";
import { basename, join, relative } from "@std/path";

/** A document that can be sent. */
export interface Document {
  /** Relative to the folder, with `/` between the parts. */
  readonly path: string;
  readonly text: string;
}

/** A file that looked like a document and cannot be sent. */
export interface Skipped {
  readonly path: string;
  /** Why, in a few words. */
  readonly why: string;
  /** Whether it would have been sent if it could have been: an empty file is nothing to miss. */
  readonly refused: boolean;
}

/** The folder to take documents from cannot be used. */
export class NoFolderError extends TroupeError {
  constructor(folder: string, problem: string, options?: ErrorOptions) {
    super("troupe.NoFolder", "user", `${folder} ${problem}: name a folder with .md or .txt files`, options);
  }
}

/** Folders in which nobody keeps documents of their own. */
const PASSED_OVER = new Set(["node_modules", "build", "target", "vendor", "__pycache__"]);
/** Documents by their names, which have no ending by custom. */
const BY_NAME = /^(readme|license|licence|notice|changelog|contributing|authors)$/i;

/**
 * The documents below a folder, sorted by path: files ending in `.md`, `.markdown` or `.txt`, and those such as
 * `LICENSE`. Hidden folders and files are passed over; links to folders are not followed.
 *
 * @param options `maxBytes`: the largest document; a larger one is skipped without being read.
 * @throws {NoFolderError} when the folder does not exist, is none, or cannot be read.
 */
export async function* findDocuments(
  folder: string,
  options: { readonly maxBytes: number },
): AsyncGenerator<Document | Skipped> {
  const top = await statOf(folder);
  if (!top.isDirectory) throw new NoFolderError(folder, "is not a folder");
  for await (const file of walk(folder, folder)) {
    if ("why" in file) yield file;
    else yield await readDocument(file.path, { folder, maxBytes: options.maxBytes });
  }
}

async function statOf(folder: string): Promise<Deno.FileInfo> {
  try {
    return await Deno.stat(folder);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new NoFolderError(folder, "does not exist", { cause: error });
    }
    throw new NoFolderError(folder, `cannot be read (${problemOf(error)})`, { cause: error });
  }
}

async function* walk(folder: string, top: string): AsyncGenerator<{ readonly path: string } | Skipped> {
  let entries: Deno.DirEntry[];
  try {
    entries = await Array.fromAsync(Deno.readDir(folder));
  } catch (error) {
    if (folder === top) {
      throw new NoFolderError(folder, `cannot be read (${problemOf(error)})`, { cause: error });
    }
    yield {
      path: relative(top, folder),
      why: `this folder cannot be read (${problemOf(error)})`,
      refused: true,
    };
    return;
  }
  entries.sort((a, b) => a.name < b.name ? -1 : 1);
  for (const { name, isDirectory } of entries) {
    if (name.startsWith(".") || (isDirectory && PASSED_OVER.has(name))) continue;
    const path = join(folder, name);
    if (isDirectory) yield* walk(path, top);
    else if (isDocument(name)) yield { path };
  }
}

function isDocument(name: string): boolean {
  return /\.(md|markdown|txt)$/i.test(name) || BY_NAME.test(basename(name));
}

async function readDocument(
  path: string,
  { folder, maxBytes }: { readonly folder: string; readonly maxBytes: number },
): Promise<Document | Skipped> {
  const shown = relative(folder, path).replaceAll("\\", "/");
  const skip = (why: string, refused = true): Skipped => ({ path: shown, why, refused });
  let bytes: Uint8Array;
  try {
    const { size, isFile } = await Deno.stat(path);
    if (!isFile) return skip("not a file");
    if (size > maxBytes) {
      return skip(`too large for one envelope: ${mib(size)}, and the limit is ${mib(maxBytes)}`);
    }
    bytes = await Deno.readFile(path);
  } catch (error) {
    return skip(`cannot be read (${problemOf(error)})`);
  }
  if (bytes.includes(0)) return skip("not text: it has zero bytes");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return skip("not text: it is not UTF-8");
  }
  if (text.trim() === "") return skip("empty", false);
  return { path: shown, text };
}

function mib(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

function problemOf(error: unknown): string {
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.NotFound) return "it is gone, or a link to nothing";
  return error instanceof Error ? error.message : String(error);
}
