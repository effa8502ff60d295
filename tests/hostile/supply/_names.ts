/**
 * Attacks by names. The tool that makes glue of components writes names of core modules into JavaScript as they are.
 *
 * @module
 */

/** An actor with a core module that exports a function under a name, imports it under the same, and works otherwise. */
export function named(name: string): string {
  const text = `"${
    [...new TextEncoder().encode(name)].map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("")
  }"`;
  return `
;; -- component --
(core module $named (func (export ${text})))
(core instance $named (instantiate $named))
(alias core export $named ${text} (core func $function))
;; -- imports --
(import ${text} ${text} (func $function))
;; -- with --
(with ${text} (instance (export ${text} (func $function))))
;; -- module --
(func $attack (param $at i32) (param $length i32) (result i32)
  (call $function)
  (call $return (local.get $at) (local.get $length)))`;
}
