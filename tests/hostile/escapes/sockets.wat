;; tries: to open a socket
;; ends: refused: troupe.ImportDenied
;; says: no grant gives sockets
;; repeats: 10, each is looked at in a process of its own
;; -- component --
(import "wasi:sockets/tcp-create-socket@0.2.0" (instance $denied (export "create-tcp-socket" (func))))
;; -- module --
(func $attack (param i32 i32) (result i32) (unreachable))
