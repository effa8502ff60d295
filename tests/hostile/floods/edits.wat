;; tries: to have the host edit one header without end
;; ends: troupe.OutputLimit
;; says: edits in one hop
;; repeats: 10, each makes four thousand edits
;; -- module --
(data (i32.const 256) ".headers.a")
(data (i32.const 272) "1")
(func $attack (param i32 i32) (result i32)
  (loop $again
    (call $set (i32.const 256) (i32.const 10) (i32.const 272) (i32.const 1) (i32.const 512))
    (br_if $again (i32.eqz (i32.load8_u (i32.const 512)))))
  (call $refused (i32.const 512)))
