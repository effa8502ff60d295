;; tries: to leave a mark by dropping a segment of data, which nobody can put back
;; ends: returns: 0
;; -- module --
(data $passive "0")
(func $attack (param i32 i32) (result i32)
  ;; One who comes after it traps here.
  (memory.init $passive (i32.const 256) (i32.const 0) (i32.const 1))
  (data.drop $passive)
  (call $return (i32.const 256) (i32.const 1)))
