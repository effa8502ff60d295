// tries: to have twenty modules with a memory each that none of them exports, and to fill all of them
// ends: troupe.MemoryLimit
// runs: maker
// limits: memoryBytes=33554432
// repeats: 5, each costs a process and half a gigabyte

const MODULES = Array.from({ length: 20 }, (_, n) => n);

/** The pieces of the attack. */
export const make = (): string => `
;; -- component --
(core module $hidden
  (memory 0)
  (func (export "fill")
    (drop (memory.grow (i32.const 512)))
    (memory.fill (i32.const 0) (i32.const 1) (i32.const 33554432))))
${MODULES.map((n) => `(core instance $hidden${n} (instantiate $hidden))`).join("\n")}
;; -- imports --
${MODULES.map((n) => `(import "hidden${n}" "fill" (func $fill${n}))`).join("\n")}
;; -- with --
${MODULES.map((n) => `(with "hidden${n}" (instance $hidden${n}))`).join("\n")}
;; -- module --
(func $attack (param i32 i32) (result i32)
  ${MODULES.map((n) => `(call $fill${n})`).join("\n  ")}
  (loop $again (br $again))
  (unreachable))`;
