/**
 * Gives a component the engine's loop of jobs: the reactions of promises, which its tool has run only for exports that are
 * asynchronous in the component model.
 *
 * The tool makes a small module of the world (`wit-dylib`), which calls the engine for each export. The engine's function
 * for an asynchronous one calls a script's function, then runs jobs until there are none. Here that module gets a function
 * which does that for `handle`, and the world's import `exit` is redirected to it: the script calls it like any import, and
 * what it is linked to stays within the component. Should this be missing, the call ends the guest, and is seen.
 *
 * @module
 */

import { BuildError } from "../errors.ts";
import { assemble, type Section, sectionsOf } from "../wasm_binary.ts";

const COMPONENT = 4;
const CORE_MODULE = 1;
/** What only the small module imports: the engine's own has it as an export. */
const MARK = new TextEncoder().encode("\x03env\x1bwit_dylib_export_async_call");

/** The call that is redirected, as the module's text has it. */
const CALL = "call $exit\n";
/** Runs jobs. It is called with what `exit` is, and starts `handle`, the first of the exports, with an empty payload. */
const RUN_JOBS = `(func $run_jobs (param i32) (local $call i32)
  (local.set $call (call $wit_dylib_export_start (i32.const 0)))
  (call $wit_dylib_push_string (local.get $call) (i32.const 1) (i32.const 0))
  (drop (call $wit_dylib_export_async_call (local.get $call) (i32.const 0))))`;

/**
 * Puts it in.
 *
 * @param component As componentize-qjs makes it of a world that imports `wasi:cli/exit`.
 * @throws {BuildError} `troupe.BuildFailed` when it is not as it is known here.
 */
export async function withJobLoop(component: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const edited: Edited = { modules: 0 };
  try {
    const bytes = await editSections(component, edited);
    if (edited.modules === 1) return bytes;
  } catch (error) {
    if (error instanceof RangeError) throw unknown(error.message);
    throw error;
  }
  throw unknown(`${edited.modules} modules call the engine`);
}

interface Edited {
  modules: number;
}

async function editSections(bytes: Uint8Array, edited: Edited): Promise<Uint8Array<ArrayBuffer>> {
  const sections: Section[] = [];
  for (const { id, body } of sectionsOf(bytes)) {
    const isCaller = id === CORE_MODULE && includes(body, MARK);
    if (id === COMPONENT) sections.push({ id, body: await editSections(body, edited) });
    else sections.push({ id, body: isCaller ? await editModule(body, edited) : body });
  }
  return assemble(bytes, sections);
}

async function editModule(module: Uint8Array, edited: Edited): Promise<Uint8Array> {
  edited.modules++;
  // Large, and of use to few actors only.
  const { parse, print } = await import("@bytecodealliance/jco-transpile/wasm-tools");
  const text = (await print(module)).trimEnd();
  const calls = text.split(CALL).length - 1;
  if (calls !== 1 || !text.endsWith(")")) throw unknown(`its module calls exit ${calls} times`);
  return await parse(`${text.replace(CALL, "call $run_jobs\n").slice(0, -1)}${RUN_JOBS})`);
}

function unknown(problem: string): BuildError {
  return new BuildError(
    "troupe.BuildFailed",
    `componentize-qjs has made a component that is built otherwise than those known here: ${problem}`,
  );
}

function includes(bytes: Uint8Array, wanted: Uint8Array): boolean {
  const [first = 0] = wanted;
  for (let at = bytes.indexOf(first); at !== -1; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, n) => bytes[at + n] === byte)) return true;
  }
  return false;
}
