;; tries: to have the beginning of a line printed, whose end comes from the next envelope
;; ends: returns: 1
;; logs: <>
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
;; -- lower --
(core func $write (canon lower (func $streams "[method]output-stream.write") (memory $memory)))
(core func $get-stdout (canon lower (func $stdout "get-stdout")))
;; -- imports --
(import "out" "write" (func $write (param i32 i32 i32 i32)))
(import "out" "get-stdout" (func $get-stdout (result i32)))
;; -- with --
(with "out" (instance (export "write" (func $write)) (export "get-stdout" (func $get-stdout))))
;; -- module --
(data (i32.const 256) "<>")
(func $attack (param $at i32) (param $length i32) (result i32)
  ;; Without a newline: were it kept, the next line would have it twice.
  (call $write (call $get-stdout) (i32.const 256) (i32.const 2) (i32.const 512))
  (call $return (local.get $at) (local.get $length)))
