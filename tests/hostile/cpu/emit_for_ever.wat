;; tries: to keep the host busy with calls that are refused, and to go on after each refusal
;; ends: troupe.OutputLimit
;; limits: emits=10
;; says: refused calls
;; repeats: 20, each makes four thousand calls
;; -- module --
(data (i32.const 256) "1")
(func $attack (param i32 i32) (result i32)
  (loop $again
    (call $emit (i32.const 256) (i32.const 1) (i32.const 512))
    (br $again))
  (unreachable))
