/**
 * `wasi:filesystem` over files that are in memory: they can be read, and nothing can be written.
 *
 * @module
 */

import { type FileNode, findNode, isFolder, type Mount, type TreeNode } from "./file_tree.ts";
import { type Callable, resource } from "./resource.ts";

/** What the file system is made of. */
export interface FilesOptions {
  readonly mounts: readonly Mount[];
  /** Makes a stream of bytes that are there; see `wasi.ts`. */
  readonly stream: (bytes: Uint8Array) => object;
}

/** Most that is read at once: it is copied outside of the guest's own memory. */
const READ_BYTES = 1024 * 1024;

interface Descriptor {
  /** Absent where the glue was made to call a method on something else. */
  readonly node?: TreeNode;
}

/** Flags of `open-at`, those that are set. */
interface OpenFlags {
  readonly create?: boolean;
  readonly directory?: boolean;
  readonly exclusive?: boolean;
  readonly truncate?: boolean;
}

/** Flags of a descriptor, those that are set. */
interface DescriptorFlags {
  readonly write?: boolean;
  readonly mutateDirectory?: boolean;
}

/** Makes the interfaces of `wasi:filesystem`, for one instance. */
export function createFiles({ mounts, stream }: FilesOptions): Record<string, Record<string, unknown>> {
  const Descriptor = resource({
    ...Object.fromEntries(WRITING_METHODS.map((name) => [name, refuseWith("read-only")])),
    advise: () => {},
    syncData: () => {},
    sync: () => {},
    getFlags: () => ({ read: true }),
    getType(this: Descriptor) {
      return typeOf(nodeOf(this));
    },
    stat(this: Descriptor) {
      return statOf(nodeOf(this));
    },
    statAt(this: Descriptor, _flags: object, path: string) {
      return statOf(at(this, path));
    },
    openAt(this: Descriptor, _flags: object, path: string, open: OpenFlags, flags: DescriptorFlags) {
      return openAt(this, path, { ...open, ...flags });
    },
    read(this: Descriptor, length: bigint, offset: bigint) {
      const { bytes } = fileOf(this);
      const start = Math.min(Number(offset), bytes.length);
      const end = Math.min(start + Math.min(Number(length), READ_BYTES), bytes.length);
      return [bytes.slice(start, end), end === bytes.length];
    },
    readViaStream(this: Descriptor, offset: bigint) {
      return stream(fileOf(this).bytes.subarray(Number(offset)));
    },
    readDirectory(this: Descriptor) {
      const node = nodeOf(this);
      if (!isFolder(node)) throw "not-directory";
      const entries = node.entries.entries();
      return Object.assign(new DirectoryEntryStream(), { entries });
    },
    readlinkAt: refuseWith("invalid"),
    isSameObject(this: Descriptor, other: Descriptor) {
      return nodeOf(this) === nodeOf(other);
    },
    metadataHash(this: Descriptor) {
      return { lower: numberOf(nodeOf(this)), upper: 0n };
    },
    metadataHashAt(this: Descriptor, _flags: object, path: string) {
      return { lower: numberOf(at(this, path)), upper: 0n };
    },
  });
  const DirectoryEntryStream = resource({
    readDirectoryEntry(this: { entries: Iterator<[string, TreeNode]> }) {
      const { done, value } = this.entries.next();
      return done ? undefined : { type: typeOf(value[1]), name: value[0] };
    },
  });
  const descriptor = (node: TreeNode) => Object.assign(new Descriptor(), { node });
  const openAt = (from: Descriptor, path: string, flags: OpenFlags & DescriptorFlags) => {
    if (flags.write || flags.mutateDirectory || flags.truncate) throw "read-only";
    const found = findNode(nodeOf(from), path);
    if (found === "no-entry" && flags.create) throw "read-only";
    if (typeof found === "string") throw found;
    if (flags.create && flags.exclusive) throw "exist";
    if (flags.directory && !isFolder(found)) throw "not-directory";
    return descriptor(found);
  };
  const numbers = numbersOf(mounts);
  const numberOf = (node: TreeNode) => numbers().get(node) ?? 0n;
  return {
    "wasi:filesystem/preopens": {
      getDirectories: () => mounts.map(({ path, folder }) => [descriptor(folder), path]),
    },
    "wasi:filesystem/types": {
      Descriptor,
      DirectoryEntryStream,
      filesystemErrorCode: () => undefined,
    },
  };
}

/** Numbers of all nodes, the same for every guest: they say nothing of what one of them did. */
function numbersOf(mounts: readonly Mount[]): () => ReadonlyMap<TreeNode, bigint> {
  let numbers: Map<TreeNode, bigint> | undefined;
  const number = (node: TreeNode, all: Map<TreeNode, bigint>) => {
    all.set(node, BigInt(all.size + 1));
    if (isFolder(node)) { for (const entry of node.entries.values()) number(entry, all); }
  };
  return () => {
    if (numbers) return numbers;
    const all = numbers = new Map<TreeNode, bigint>();
    for (const { folder } of mounts) number(folder, all);
    return all;
  };
}

function nodeOf({ node }: Descriptor): TreeNode {
  if (!node) throw "bad-descriptor";
  return node;
}

function at(descriptor: Descriptor, path: string): TreeNode {
  const found = findNode(nodeOf(descriptor), path);
  // As the glue expects an error of the interface.
  if (typeof found === "string") throw found;
  return found;
}

function fileOf(descriptor: Descriptor): FileNode {
  const node = nodeOf(descriptor);
  if (isFolder(node)) throw "is-directory";
  return node;
}

function typeOf(node: TreeNode): "directory" | "regular-file" {
  return isFolder(node) ? "directory" : "regular-file";
}

/** No times: they would tell something of the host. */
function statOf(node: TreeNode): object {
  return { type: typeOf(node), linkCount: 1n, size: isFolder(node) ? 0n : BigInt(node.bytes.length) };
}

function refuseWith(code: string): Callable {
  return () => {
    throw code;
  };
}

/** What would change something. */
const WRITING_METHODS = [
  "writeViaStream",
  "appendViaStream",
  "setSize",
  "setTimes",
  "write",
  "createDirectoryAt",
  "setTimesAt",
  "linkAt",
  "removeDirectoryAt",
  "renameAt",
  "symlinkAt",
  "unlinkFileAt",
];
