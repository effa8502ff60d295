/**
 * Files that a guest can read, in memory, and how paths are found among them.
 *
 * @module
 */

/** A file. */
export interface FileNode {
  readonly bytes: Uint8Array;
}

/** A folder, its entries by name. */
export interface FolderNode {
  readonly entries: ReadonlyMap<string, TreeNode>;
}

/** What is in a folder. */
export type TreeNode = FileNode | FolderNode;

/** Where a guest finds a folder. */
export interface Mount {
  /** Absolute, such as `/data`. */
  readonly path: string;
  readonly folder: FolderNode;
}

/** A file by its path below a mount, its names separated by slashes. */
export interface MountedFile {
  readonly mount: string;
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Whether a node is a folder. */
export function isFolder(node: TreeNode): node is FolderNode {
  return "entries" in node;
}

/** Makes the trees of files. Every mount is there, even one without a file. */
export function mountsOf(paths: readonly string[], files: readonly MountedFile[]): Mount[] {
  const roots = new Map(paths.map((path) => [path, new Map<string, TreeNode>()]));
  for (const { mount, path, bytes } of files) {
    const names = path.split("/");
    const name = names.pop() as string;
    let entries = roots.get(mount) ?? new Map<string, TreeNode>();
    for (const folder of names) {
      const next = entries.get(folder);
      if (next && isFolder(next)) entries = next.entries as Map<string, TreeNode>;
      else {
        const made = new Map<string, TreeNode>();
        entries.set(folder, { entries: made });
        entries = made;
      }
    }
    entries.set(name, { bytes });
  }
  return [...roots].map(([path, entries]) => ({ path, folder: { entries } }));
}

/** Longest path that is looked for. */
const LONGEST_PATH = 4096;

/**
 * Finds what is at a path, relative to a node. Never leaves it: not by `..`, and not by a path that is absolute.
 *
 * @returns The node, or the error as `wasi:filesystem` names it.
 */
export function findNode(
  base: TreeNode,
  path: string,
): TreeNode | "no-entry" | "not-directory" | "not-permitted" | "name-too-long" {
  if (path.length > LONGEST_PATH) return "name-too-long";
  if (path.startsWith("/")) return "not-permitted";
  const way: TreeNode[] = [base];
  for (const name of path.split("/")) {
    const at = way.at(-1) as TreeNode;
    if (!isFolder(at)) return "not-directory";
    if (name === "" || name === ".") continue;
    if (name === "..") {
      way.pop();
      if (way.length === 0) return "not-permitted";
      continue;
    }
    const next = at.entries.get(name);
    if (!next) return "no-entry";
    way.push(next);
  }
  return way.at(-1) as TreeNode;
}
