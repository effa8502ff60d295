;; tries: to wait in memory that threads would share, for a thread that there is not
;; ends: troupe.Timeout
;; limits: timeoutMs=1000
;; repeats: 5, each costs a process
;; -- component --
(core module $shared
  (memory 1 1 shared)
  (func (export "wait") (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))))
(core instance $shared (instantiate $shared))
;; -- imports --
(import "shared" "wait" (func $wait))
;; -- with --
(with "shared" (instance $shared))
;; -- module --
(func $attack (param i32 i32) (result i32) (call $wait) (unreachable))
