// tries: to have gigabytes of glue made of a kilobyte: each of thirty types has the one before it twice
// ends: refused: troupe.TooLarge or refused: troupe.BadComponent
// runs: maker
// repeats: 10, each is looked at in a process of its own

const TYPES = Array.from({ length: 30 }, (_, n) => `(type $t${n + 1} (tuple $t${n} $t${n}))`);

/** The pieces of the attack: one component calls the other with it. */
export const make = (): string => `
;; -- component --
(component $inner
  (type $t0 (tuple string string))
  ${TYPES.join("\n  ")}
  (core module $m (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0)) (func (export "f") (param i32)))
  (core instance $m (instantiate $m))
  (func $f (param "x" $t30) (canon lift (core func $m "f")
    (memory (core memory $m "memory")) (realloc (core func $m "realloc"))))
  (export "f" (func $f)))
(instance $inner (instantiate $inner))
(core module $own (memory (export "memory") 1))
(core instance $own (instantiate $own))
(core func $f (canon lower (func $inner "f") (memory (core memory $own "memory"))))
;; -- imports --
(import "inner" "f" (func $f (param i32)))
;; -- with --
(with "inner" (instance (export "f" (func $f))))
;; -- module --
(func $attack (param i32 i32) (result i32) (call $f (i32.const 0)) (unreachable))`;
