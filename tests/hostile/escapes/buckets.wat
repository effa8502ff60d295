;; tries: to open a bucket of state, without the grant
;; ends: refused: troupe.ImportDenied
;; says: wasi:keyvalue/store
;; repeats: 10, each is looked at in a process of its own
;; -- component --
(import "wasi:keyvalue/store@0.2.0-draft" (instance $denied (export "open" (func (param "identifier" string)))))
;; -- module --
(func $attack (param i32 i32) (result i32) (unreachable))
