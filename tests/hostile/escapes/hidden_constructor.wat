;; tries: to reach what makes functions, as a method of a class that is there
;; ends: refused: troupe.ImportDenied
;; says: constructor
;; repeats: 10, each is looked at in a process of its own
;; -- component --
(import "wasi:io/poll@0.2.0" (instance $denied (export "pollable" (type $p (sub resource))) (export "[constructor]pollable" (func (result (own $p))))))
;; -- module --
(func $attack (param i32 i32) (result i32) (unreachable))
