;; tries: to start a process, by an interface that a host might have
;; ends: refused: troupe.ImportDenied
;; says: wasi:cli/run
;; repeats: 10, each is looked at in a process of its own
;; -- component --
(import "wasi:cli/run@0.2.0" (instance $denied (export "run" (func (result (result))))))
;; -- module --
(func $attack (param i32 i32) (result i32) (unreachable))
