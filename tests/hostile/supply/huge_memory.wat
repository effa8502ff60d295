;; tries: to have four gigabytes of memory from the start
;; ends: refused: troupe.TooLarge
;; says: bytes at the start
;; repeats: 10, each is looked at in a process of its own
;; -- component --
(core module $more (memory (export "memory") 65536))
(core instance $more (instantiate $more))
;; -- module --
(func $attack (param i32 i32) (result i32) (unreachable))
