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

const COMPONENT = 4;
const CORE_MODULE = 1;
/** Bytes of a magic number and a version. */
const HEAD = 8;
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
  const bytes = await editSections(component, edited);
  if (edited.modules !== 1) throw unknown(`${edited.modules} modules call the engine`);
  return bytes;
}

interface Edited {
  modules: number;
}

async function editSections(bytes: Uint8Array, edited: Edited): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [bytes.subarray(0, HEAD)];
  for (let at = HEAD; at < bytes.length;) {
    const id = bytes[at] as number;
    const { value: size, next: start } = readNumber(bytes, at + 1);
    const body = bytes.subarray(start, start + size);
    const made = id === COMPONENT
      ? await editSections(body, edited)
      : id === CORE_MODULE && includes(body, MARK)
      ? await editModule(body, edited)
      : body;
    parts.push(Uint8Array.of(id, ...numberBytes(made.length)), made);
    at = start + size;
  }
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
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

function readNumber(bytes: Uint8Array, from: number): { value: number; next: number } {
  let value = 0;
  for (let at = from, shift = 0;; at++, shift += 7) {
    const byte = bytes[at];
    if (byte === undefined || shift > 28) throw unknown("a length does not end");
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, next: at + 1 };
  }
}

function numberBytes(value: number): number[] {
  const rest = Math.floor(value / 0x80);
  return rest === 0 ? [value] : [(value & 0x7f) | 0x80, ...numberBytes(rest)];
}

function includes(bytes: Uint8Array, wanted: Uint8Array): boolean {
  const [first = 0] = wanted;
  for (let at = bytes.indexOf(first); at !== -1; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, n) => bytes[at + n] === byte)) return true;
  }
  return false;
}
