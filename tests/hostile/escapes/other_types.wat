;; tries: to have a function of WASI take what it does not expect
;; ends: refused: troupe.ImportDenied
;; says: get-random-u64
;; repeats: 10, each is looked at in a process of its own
;; -- component --
(import "wasi:random/random@0.2.0" (instance $denied (export "get-random-u64" (func (param "x" string) (result string)))))
;; -- module --
(func $attack (param i32 i32) (result i32) (unreachable))
