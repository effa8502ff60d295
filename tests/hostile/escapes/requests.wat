;; tries: to send requests, without the grant
;; ends: refused: troupe.ImportDenied
;; says: spec.grants.http
;; repeats: 10, each is looked at in a process of its own
;; -- component --
(import "wasi:http/outgoing-handler@0.2.0" (instance $denied (export "handle" (func))))
;; -- module --
(func $attack (param i32 i32) (result i32) (unreachable))
