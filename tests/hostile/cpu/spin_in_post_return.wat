;; tries: to spin when it has returned already, in post-return
;; ends: troupe.Timeout
;; limits: timeoutMs=1000
;; repeats: 5, each costs a process
;; -- module --
(global $attacked (mut i32) (i32.const 0))
(func $attack (param $at i32) (param $length i32) (result i32)
  (global.set $attacked (i32.const 1))
  (call $return (local.get $at) (local.get $length)))
(func (export "post") (param i32)
  (if (global.get $attacked) (then (loop $again (br $again)))))
;; -- lift --
(post-return (core func $main "post"))
