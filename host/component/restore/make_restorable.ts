/**
 * Makes what a component became such that its instances can be put back to where they began: everything that a core
 * module keeps is exported, and the glue says when it keeps something itself.
 *
 * @module
 */

import { type CoreState, NotRestorable } from "./core_state.ts";
import { addExports, ExportSort } from "./export_editor.ts";
import { watchGlue } from "./glue_editor.ts";
import { readCoreState } from "./state_reader.ts";

/** A file that a component became: its name, and its bytes. */
export type NamedFile = readonly [name: string, bytes: Uint8Array<ArrayBuffer>];

/**
 * Whether instances can be restored: how the names begin of the exports that were added for it, or why not.
 */
export type Restorable = { readonly prefix: string } | { readonly why: string };

/** Options of {@linkcode makeRestorable}. */
export interface RestorableOptions {
  /** How the names of added exports begin: something that nobody knew who wrote the component. */
  readonly prefix: string;
  /** Whether the component makes resources of its own. */
  readonly ownResources: boolean;
}

/** The outcome of {@linkcode makeRestorable}. */
export interface MadeRestorable {
  readonly restorable: Restorable;
  /** As they were, where instances cannot be restored. */
  readonly files: readonly NamedFile[];
}

/** Most of each that all modules together keep: each call pays for it, and toolchains make a tenth. */
const MOST = { memories: 20, globals: 500, tables: 50 };

/**
 * Does it, where it can be done.
 *
 * @param files Core modules, which are valid and named `.wasm`, and the glue, named `.js`.
 */
export function makeRestorable(
  files: readonly NamedFile[],
  { prefix, ownResources }: RestorableOptions,
): MadeRestorable {
  try {
    if (ownResources) throw new NotRestorable("it makes resources of its own");
    const states = new Map(
      files.filter(([name]) => name.endsWith(".wasm")).map(([name, bytes]) => [name, readCoreState(bytes)]),
    );
    const sorts = sortsOf([...states.values()]);
    const edited = files.map(([name, bytes]): NamedFile => {
      const state = states.get(name);
      return [name, state ? editModule(bytes, state, { prefix, sorts }) : editGlue(bytes)];
    });
    return { restorable: { prefix }, files: edited };
  } catch (error) {
    if (!(error instanceof NotRestorable)) throw error;
    return { restorable: { why: error.message }, files };
  }
}

const SORTS = { memories: ExportSort.Memory, globals: ExportSort.Global, tables: ExportSort.Table };
type Sort = keyof typeof SORTS;

/** The sorts of what calls can change. */
function sortsOf(states: readonly CoreState[]): Sort[] {
  const sorts: Sort[] = ["memories", "globals"];
  if (states.some(({ writesTables }) => writesTables)) sorts.push("tables");
  for (const sort of sorts) {
    const count = states.reduce((sum, state) => sum + state[sort].kept.length, 0);
    if (count > MOST[sort]) throw new NotRestorable(`it has more than ${MOST[sort]} ${sort}`);
  }
  return sorts;
}

function editModule(
  module: Uint8Array<ArrayBuffer>,
  state: CoreState,
  { prefix, sorts }: { readonly prefix: string; readonly sorts: readonly Sort[] },
): Uint8Array<ArrayBuffer> {
  const added = sorts.flatMap((sort) =>
    state[sort].kept.map((index) => ({ name: `${prefix}${sort}${index}`, sort: SORTS[sort], index }))
  );
  if (added.length === 0) return module;
  if (state.exports.some((name) => name.startsWith(prefix))) throw new NotRestorable("it has our names");
  const edited = addExports(module, added);
  // A mistake of ours is to cost time, and not the actor.
  if (!WebAssembly.validate(edited)) throw new NotRestorable("exports cannot be added to it");
  return edited;
}

function editGlue(glue: Uint8Array): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(watchGlue(new TextDecoder().decode(glue)));
}
