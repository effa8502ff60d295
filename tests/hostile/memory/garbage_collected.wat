;; tries: to fill the engine's own heap with objects of WebAssembly's garbage collector
;; ends: troupe.MemoryLimit
;; repeats: 5, each costs a process and a gigabyte
;; -- module --
(type $bytes (array (mut i8)))
(type $list (struct (field (ref null $bytes)) (field (ref null $list))))
(func $attack (param i32 i32) (result i32)
  (local $all (ref null $list))
  (loop $again
    (local.set $all (struct.new $list (array.new_default $bytes (i32.const 1000000)) (local.get $all)))
    (br $again))
  (unreachable))
