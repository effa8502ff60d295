;; tries: to fill the host's disk and memory by what it prints: four megabytes, without a newline and with nothing else
;; ends: returns: 1
;; limits: logBytes=4000
;; repeats: 5, each prints four megabytes
;; -- component --
(import "wasi:io/error@0.2.0" (instance $io-error (export "error" (type (sub resource)))))
(alias export $io-error "error" (type $error))
(import "wasi:io/streams@0.2.0" (instance $streams
  (export "error" (type $e (eq $error)))
  (export "output-stream" (type $output (sub resource)))
  (type $closed (variant (case "last-operation-failed" (own $e)) (case "closed")))
  (export "stream-error" (type $stream-error (eq $closed)))
  (export "[method]output-stream.write" (func
    (param "self" (borrow $output)) (param "contents" (list u8)) (result (result (error $stream-error)))))))
(alias export $streams "output-stream" (type $stream))
(import "wasi:cli/stdout@0.2.0" (instance $stdout
  (export "output-stream" (type $output (eq $stream)))
  (export "get-stdout" (func (result (own $output))))))
(import "wasi:cli/stderr@0.2.0" (instance $stderr
  (export "output-stream" (type $output (eq $stream)))
  (export "get-stderr" (func (result (own $output))))))
;; -- lower --
(core func $write (canon lower (func $streams "[method]output-stream.write") (memory $memory)))
(core func $get-stdout (canon lower (func $stdout "get-stdout")))
(core func $get-stderr (canon lower (func $stderr "get-stderr")))
;; -- imports --
(import "out" "write" (func $write (param i32 i32 i32 i32)))
(import "out" "get-stdout" (func $get-stdout (result i32)))
(import "out" "get-stderr" (func $get-stderr (result i32)))
;; -- with --
(with "out" (instance
  (export "write" (func $write))
  (export "get-stdout" (func $get-stdout))
  (export "get-stderr" (func $get-stderr))))
;; -- module --
(func $print (param $stream i32) (param $byte i32)
  (local $n i32)
  (memory.fill (i32.const 65536) (local.get $byte) (i32.const 65536))
  (local.set $n (i32.const 16))
  (loop $again
    (call $write (local.get $stream) (i32.const 65536) (i32.const 65536) (i32.const 512))
    (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
(func $attack (param $at i32) (param $length i32) (result i32)
  (call $print (call $get-stdout) (i32.const 0x78))
  (call $print (call $get-stderr) (i32.const 0x0a))
  (call $print (call $get-stderr) (i32.const 0xff))
  (call $print (call $get-stdout) (i32.const 0x78))
  ;; What was printed may lie where the payload was.
  (i32.store8 (i32.const 256) (i32.const 0x31))
  (call $return (i32.const 256) (i32.const 1)))
