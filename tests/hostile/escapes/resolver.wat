;; tries: to ask for the addresses of names
;; ends: refused: troupe.ImportDenied
;; says: no grant gives sockets
;; repeats: 10, each is looked at in a process of its own
;; -- component --
(import "wasi:sockets/ip-name-lookup@0.2.3" (instance $denied (export "resolve-addresses" (func))))
;; -- module --
(func $attack (param i32 i32) (result i32) (unreachable))
