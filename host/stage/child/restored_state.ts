/**
 * What an instance keeps, put back to where it began.
 *
 * A call can change linear memories, globals and tables, all of which are exported for this (`component/restore`), and what
 * the glue keeps, which is not: when it changes in a way that guests can see, the instance is of no more use
 * (`component/restore/glue_editor.ts` has what there is). So it is when a memory or table grew, as neither can shrink.
 *
 * A call that waits for the host has a stack besides, which the engine keeps. It is gone when the call has returned, and no
 * answer of the host's is written into the memory from then on: the stack is suspended from question to answer. Where a
 * function stands in between that cannot be suspended, such as the glue that calls an allocator, the engine throws instead
 * of asking. Calls that fail, or are given up while they wait, end with an instance that nobody puts back.
 *
 * @module
 */

/** Most of what is copied: past it, a new instance is hardly dearer, and the copies take memory of their own. */
const MOST = { bytes: 32 * 1024 * 1024, tableEntries: 20_000 };
/** What is copied or cleared at once. */
const CHUNK_BYTES = 65_536;

/** A part of a memory: its bytes, or undefined where they are zero. */
interface Chunks {
  readonly at: number;
  readonly length: number;
  readonly bytes: Uint8Array | undefined;
}

interface KeptMemory {
  readonly memory: WebAssembly.Memory;
  readonly length: number;
  readonly chunks: readonly Chunks[];
}

interface KeptTable {
  readonly table: WebAssembly.Table;
  readonly entries: readonly ReturnType<WebAssembly.Table["get"]>[];
}

interface KeptGlobal {
  readonly global: WebAssembly.Global;
  readonly value: unknown;
}

/** What one instance keeps. */
export class RestoredState {
  readonly #prefix: string;
  readonly #found = new Set<unknown>();
  #memories: KeptMemory[] = [];
  #tables: KeptTable[] = [];
  #globals: KeptGlobal[] = [];
  #spoilt: string | undefined;

  /** @param prefix How the names of the exports begin that were added for this. */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** A core module of it was instantiated. */
  add(exports: WebAssembly.Exports, imports: WebAssembly.Imports = {}): void {
    for (const [name, value] of Object.entries(exports)) {
      if (name.startsWith(this.#prefix)) this.#found.add(value);
    }
    // The glue has globals of its own: flags that say which component may be entered.
    for (const module of Object.values(imports)) {
      for (const value of Object.values(module)) {
        if (value instanceof WebAssembly.Global) this.#found.add(value);
      }
    }
  }

  /** Something happened that cannot be put back. */
  spoil(why: string): void {
    this.#spoilt ??= why;
  }

  /** Copies everything. The instance has just been made, and has not been called. Does nothing where that is of no use. */
  capture(): void {
    if (this.#spoilt !== undefined) return;
    const found = [...this.#found];
    const memories = found.filter((value) => value instanceof WebAssembly.Memory);
    const tables = found.filter((value) => value instanceof WebAssembly.Table);
    const globals = found.filter((value) => value instanceof WebAssembly.Global);
    if (sum(memories.map(({ buffer }) => buffer.byteLength)) > MOST.bytes) {
      return this.spoil(`its memories have more than ${MOST.bytes} bytes at the start`);
    }
    if (sum(tables.map(({ length }) => length)) > MOST.tableEntries) {
      return this.spoil(`its tables have more than ${MOST.tableEntries} entries at the start`);
    }
    this.#memories = memories.map(copyOf);
    this.#tables = tables.map((table) => ({ table, entries: entriesOf(table) }));
    this.#globals = globals.filter(isMutable).map((global) => ({ global, value: global.value }));
    // There are many, which JavaScript takes for one and the same.
    if (this.#globals.some(({ value }) => Number.isNaN(value))) {
      this.spoil("it has a global that is not a number");
    }
  }

  /** Why {@linkcode restore} would not bring it to where it began; undefined when it would. */
  get spoilt(): string | undefined {
    if (this.#memories.some(({ memory, length }) => memory.buffer.byteLength !== length)) {
      this.spoil("a memory grew");
    }
    if (this.#tables.some(({ table, entries }) => table.length !== entries.length)) {
      this.spoil("a table grew");
    }
    return this.#spoilt;
  }

  /** Puts everything back. Only where nothing is spoilt. */
  restore(): void {
    for (const { memory, chunks } of this.#memories) {
      const bytes = new Uint8Array(memory.buffer);
      for (const { at, length, bytes: kept } of chunks) {
        if (kept) bytes.set(kept, at);
        else bytes.fill(0, at, at + length);
      }
    }
    for (const { table, entries } of this.#tables) {
      for (const [n, entry] of entries.entries()) {
        if (table.get(n) !== entry) table.set(n, entry);
      }
    }
    for (const { global, value } of this.#globals) global.value = value;
  }
}

/** Which one is, nothing says but the attempt. */
function isMutable(global: WebAssembly.Global): boolean {
  try {
    const value = global.value;
    global.value = value;
    return true;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return false;
  }
}

function entriesOf(table: WebAssembly.Table): KeptTable["entries"] {
  return Array.from({ length: table.length }, (_, n) => table.get(n));
}

/** A copy without what is zero, which is most of it. */
function copyOf(memory: WebAssembly.Memory): KeptMemory {
  const all = new Uint8Array(memory.buffer);
  const chunks: Chunks[] = [];
  for (let at = 0; at < all.length;) {
    const zero = isZero(all, at);
    let end = at + CHUNK_BYTES;
    while (end < all.length && isZero(all, end) === zero) end += CHUNK_BYTES;
    chunks.push({ at, length: end - at, bytes: zero ? undefined : all.slice(at, end) });
    at = end;
  }
  return { memory, length: all.length, chunks };
}

/** Memories have a whole number of chunks: they are pages. */
function isZero(all: Uint8Array, at: number): boolean {
  return new Uint32Array(all.buffer, at, CHUNK_BYTES / 4).every((word) => word === 0);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
