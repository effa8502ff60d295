;; tries: to be as slow as it may, envelope after envelope, so that nobody else on the host is served
;; ends: returns: 1
;; -- module --
(func $attack (param $at i32) (param $length i32) (result i32)
  (local $n i32)
  (local.set $n (i32.const 20000000))
  (loop $spin (br_if $spin (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
  (call $return (local.get $at) (local.get $length)))
