;; tries: to import an interface whose name is a word of JavaScript, which nobody gives
;; ends: refused: troupe.ImportDenied
;; repeats: 10, each is looked at in a process of its own
;; -- component --
(import "constructor" (instance $constructor (export "prototype" (func))))
;; -- module --
(func $attack (param i32 i32) (result i32) (unreachable))
