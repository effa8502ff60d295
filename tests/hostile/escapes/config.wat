;; tries: to read what is configured, without the grant
;; ends: refused: troupe.ImportDenied
;; says: wasi:config/store
;; repeats: 10, each is looked at in a process of its own
;; -- component --
(import "wasi:config/store@0.2.0-rc.1" (instance $denied (export "get" (func (param "key" string)))))
;; -- module --
(func $attack (param i32 i32) (result i32) (unreachable))
