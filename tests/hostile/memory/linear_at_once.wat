;; tries: to have four gigabytes of memory in one step
;; ends: returns: "refused"
;; -- module --
(data (i32.const 256) "\"refused\"")
(func $attack (param i32 i32) (result i32)
  ;; A grow that fails changes nothing, and says so: the actor may go on.
  (if (i32.ne (memory.grow (i32.const 65000)) (i32.const -1)) (then unreachable))
  (call $return (i32.const 256) (i32.const 9)))
