/**
 * Components for tests: an actor in a few lines of text, and one that the JavaScript toolchain made.
 *
 * @module
 */

import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { componentize } from "componentize-qjs";
import { fromFileUrl } from "@std/path";

/** Parts of the actor that tests replace or add to. */
export interface ActorParts {
  /** Definitions before the actor's own, such as imports. @default none */
  readonly before?: string;
  /** Items of the core module, besides the actor's own. @default none */
  readonly core?: string;
  /** What the core module is instantiated with. @default nothing */
  readonly with?: string;
  /** Definitions after the actor's own, such as exports. @default none */
  readonly after?: string;
  /** Pages of its memory. @default 1 */
  readonly pages?: number;
  /** The type of `handle`. @default that of an actor */
  readonly handle?: string;
}

/** What `handle` is, in the names that {@linkcode actorText} defines. */
export const HANDLE = `(func (param "payload" string) (result $answer))`;

/** An actor that returns its payload as it came, in WebAssembly's text format. */
export function actorText(
  { before = "", core = "", with: imports = "", after = "", pages = 1, handle = HANDLE }: ActorParts = {},
): string {
  return `(component
  ${FAILURES}
  (import "troupe:actor/failures@0.1.0" (instance $failures (type $failures)))
  (alias export $failures "failure" (type $failure))
  ${before}
  (core module $main
    ${core}
    (memory (export "memory") ${pages})
    (global $free (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.get $free)
      (global.set $free (i32.add (global.get $free) (local.get 3))))
    (func (export "handle") (param i32 i32) (result i32)
      (i32.store (i32.const 20) (i32.const 1))
      (i32.store (i32.const 24) (local.get 0))
      (i32.store (i32.const 28) (local.get 1))
      (i32.const 16)))
  (core instance $main (instantiate $main ${imports}))
  (alias core export $main "memory" (core memory $memory))
  (alias core export $main "realloc" (core func $realloc))
  (alias core export $main "handle" (core func $run))
  (type $payload (option string))
  (type $answer (result $payload (error $failure)))
  (type $handle ${handle})
  (func $handle (type $handle) (canon lift (core func $run) (memory $memory) (realloc $realloc)))
  (export "handle" (func $handle))
  ${after})`;
}

/** The interface `failures` of actor.wit. */
const FAILURES = `(type $failures (instance
    (type $lineage (list string))
    (type $text (option string))
    (type $failure (record (field "kind" string) (field "lineage" $lineage) (field "message" string)
      (field "traceback" $text) (field "details" $text)))
    (export "failure" (type (eq $failure)))))`;

/** The bytes of a text. */
export async function assemble(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await parse(text));
}

/** The bytes of an actor. */
export async function actor(parts: ActorParts = {}): Promise<Uint8Array<ArrayBuffer>> {
  return await assemble(actorText(parts));
}

let jsBytes: Promise<Uint8Array<ArrayBuffer>> | undefined;

/** An actor as the JavaScript toolchain makes it, once per process: it turns `{"n": 1}` into `{"n": 2}`. */
export function jsActor(): Promise<Uint8Array<ArrayBuffer>> {
  return jsBytes ??= makeJsActor();
}

async function makeJsActor(): Promise<Uint8Array<ArrayBuffer>> {
  const { component } = await componentize({
    witPath: fromFileUrl(new URL("../../../sdk/wit/actor.wit", import.meta.url)),
    world: "actor",
    jsSource: `
      import { log } from "troupe:actor/mesh@0.1.0";
      export function handle(payload) {
        const value = JSON.parse(payload);
        log("info", "n is " + value.n);
        return JSON.stringify({ ...value, n: value.n + 1 });
      }`,
    sync: true,
    optSize: true,
  });
  return new Uint8Array(component);
}
