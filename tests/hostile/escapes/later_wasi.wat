;; tries: to have what is denied in one version by asking for another
;; ends: refused: troupe.ImportDenied
;; says: wasi:filesystem/types
;; repeats: 10, each is looked at in a process of its own
;; -- component --
(import "wasi:filesystem/types@0.3.0" (instance $denied (export "open" (func))))
;; -- module --
(func $attack (param i32 i32) (result i32) (unreachable))
