;; WASI preview 1, as the runtime and library of Go import it, over WASI 0.2.
;;
;; The usual adapter cannot serve Go: it allocates by functions of the guest before the guest's runtime is up. This one
;; allocates nothing. What it keeps, and what it is answered, is in a part of the memory that Go leaves alone: the linker
;; puts the first data at 12288 (wasmMinDataAddr), and nil is checked without touching memory. It is in one file because
;; all of it shares that part.
;;
;;   4096  1 once an envelope is being handled (troupe_begin), or something was waited for
;;   4100  1 once the runtime has its seed
;;   4104  where the next bytes go that are answered
;;   4108  how far apart they are
;;   4112  where they have to end
;;   4116  where the next array goes that is answered
;;   4120  handles of stdout and stderr, once they are known, each plus 1
;;   4128  where bytes are put over each other, if they are
;;   4160  answers of a fixed size
;;   4352  open files: 64 times state (0 free, 1 folder given at the start, 2 opened), handle, position; number 0 is
;;         descriptor 3
;;   5376  names and arrays that are answered
;;
;; So that an instance can be put back to where it began, it must not be told anything at the start that another would
;; not be told: the runtime's first seed is a constant, and its monotonic clock stands still. Both end when the first
;; envelope begins; the library then gives the runtime another seed.
(module
  (import "env" "memory" (memory 0))
  (import "wasi:cli/environment@0.2.0" "get-environment" (func $get_environment (param i32)))
  (import "wasi:cli/exit@0.2.0" "exit" (func $exit (param i32)))
  (import "wasi:cli/stdout@0.2.0" "get-stdout" (func $get_stdout (result i32)))
  (import "wasi:cli/stderr@0.2.0" "get-stderr" (func $get_stderr (result i32)))
  (import "wasi:clocks/monotonic-clock@0.2.0" "now" (func $monotonic (result i64)))
  (import "wasi:clocks/monotonic-clock@0.2.0" "subscribe-duration" (func $subscribe (param i64) (result i32)))
  (import "wasi:clocks/wall-clock@0.2.0" "now" (func $wall (param i32)))
  (import "wasi:filesystem/preopens@0.2.0" "get-directories" (func $get_directories (param i32)))
  (import "wasi:filesystem/types@0.2.0" "[method]descriptor.get-type" (func $get_type (param i32 i32)))
  (import "wasi:filesystem/types@0.2.0" "[method]descriptor.read" (func $read (param i32 i64 i64 i32)))
  (import "wasi:filesystem/types@0.2.0" "[method]descriptor.read-directory" (func $read_directory (param i32 i32)))
  (import "wasi:filesystem/types@0.2.0" "[method]descriptor.stat" (func $stat (param i32 i32)))
  (import "wasi:filesystem/types@0.2.0" "[method]descriptor.stat-at" (func $stat_at (param i32 i32 i32 i32 i32)))
  (import "wasi:filesystem/types@0.2.0" "[method]descriptor.open-at"
    (func $open_at (param i32 i32 i32 i32 i32 i32 i32)))
  (import "wasi:filesystem/types@0.2.0" "[method]directory-entry-stream.read-directory-entry"
    (func $read_entry (param i32 i32)))
  (import "wasi:filesystem/types@0.2.0" "[resource-drop]descriptor" (func $drop_descriptor (param i32)))
  (import "wasi:filesystem/types@0.2.0" "[resource-drop]directory-entry-stream" (func $drop_entries (param i32)))
  (import "wasi:io/poll@0.2.0" "[method]pollable.block" (func $block (param i32)))
  (import "wasi:io/poll@0.2.0" "[resource-drop]pollable" (func $drop_pollable (param i32)))
  (import "wasi:io/streams@0.2.0" "[method]output-stream.blocking-write-and-flush"
    (func $write (param i32 i32 i32 i32)))
  (import "wasi:random/random@0.2.0" "get-random-u64" (func $random (result i64)))

  ;; Bytes and texts follow each other from where the caller has set; arrays go to the adapter's own part.
  (func (export "cabi_import_realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32)
    (result i32) (local $at i32) (local $end i32)
    (if (local.get $old_size) (then (unreachable)))
    (if (i32.eq (local.get $align) (i32.const 1))
      (then
        (local.set $at (i32.load (i32.const 4104)))
        (local.set $end (i32.add (local.get $at) (local.get $size)))
        (if (i32.gt_u (local.get $end) (i32.load (i32.const 4112))) (then (unreachable)))
        (i32.store (i32.const 4104) (i32.add (local.get $end) (i32.load (i32.const 4108))))
        (if (i32.load (i32.const 4128))
          (then
            (local.set $at (i32.load (i32.const 4128)))
            (local.set $end (i32.add (local.get $at) (local.get $size)))
            (if (i32.gt_u (local.get $end) (i32.mul (memory.size) (i32.const 65536)))
              (then
                (if (i32.eq (i32.const -1)
                    (memory.grow (i32.add (i32.shr_u (local.get $size) (i32.const 16)) (i32.const 1))))
                  (then (unreachable))))))))
      (else
        (local.set $at (i32.and (i32.add (i32.load (i32.const 4116)) (i32.const 7)) (i32.const -8)))
        (local.set $end (i32.add (local.get $at) (local.get $size)))
        (if (i32.gt_u (local.get $end) (i32.const 12288)) (then (unreachable)))
        (i32.store (i32.const 4116) (local.get $end))))
    (local.get $at))

  ;; Where bytes are to go that are answered next, and where they have to end.
  (func $bytes_go (param $at i32) (param $apart i32) (param $end i32)
    (i32.store (i32.const 4104) (local.get $at))
    (i32.store (i32.const 4108) (local.get $apart))
    (i32.store (i32.const 4112) (local.get $end)))

  ;; From here on the guest has a clock, and random numbers of its own.
  (func (export "troupe_begin") (i32.store (i32.const 4096) (i32.const 1)))

  (func (export "args_sizes_get") (param i32 i32) (result i32)
    ;; The runtime asks for this first: the handles of what it writes to are the same at each envelope.
    (i32.store (i32.const 4120) (i32.add (call $get_stdout) (i32.const 1)))
    (i32.store (i32.const 4124) (i32.add (call $get_stderr) (i32.const 1)))
    (i32.store (local.get 0) (i32.const 0))
    (i32.store (local.get 1) (i32.const 0))
    (i32.const 0))
  (func (export "args_get") (param i32 i32) (result i32) (i32.const 0))

  ;; The environment, whose texts follow each other at $at, with a byte between them. Gives the array of them.
  (func $environment (param $at i32) (param $end i32) (result i32)
    (call $bytes_go (local.get $at) (i32.const 1) (local.get $end))
    (i32.store (i32.const 4116) (i32.const 5376))
    (call $get_environment (i32.const 4160))
    (i32.load (i32.const 4160)))
  ;; Only the sizes are of use here. The texts are put over each other, into pages that the runtime does not know of; it
  ;; will one day, and what it gets has to be zero.
  (func (export "environ_sizes_get") (param $count i32) (param $size i32) (result i32) (local $top i32)
    (local.set $top (i32.mul (memory.size) (i32.const 65536)))
    (i32.store (i32.const 4128) (local.get $top))
    (drop (call $environment (i32.const 0) (i32.const -1)))
    (i32.store (i32.const 4128) (i32.const 0))
    (i32.store (local.get $count) (i32.load (i32.const 4164)))
    (i32.store (local.get $size) (i32.load (i32.const 4104)))
    (memory.fill (local.get $top) (i32.const 0)
      (i32.sub (i32.mul (memory.size) (i32.const 65536)) (local.get $top)))
    (i32.const 0))
  (func (export "environ_get") (param $pointers i32) (param $at i32) (result i32)
    (local $pair i32) (local $left i32)
    (local.set $pair (call $environment (local.get $at) (i32.const -1)))
    (local.set $left (i32.load (i32.const 4164)))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $left)))
        (i32.store (local.get $pointers) (i32.load (local.get $pair)))
        ;; "=" behind the name, zero behind the value.
        (i32.store8 (i32.add (i32.load (local.get $pair)) (i32.load offset=4 (local.get $pair))) (i32.const 61))
        (i32.store8
          (i32.add (i32.load offset=8 (local.get $pair)) (i32.load offset=12 (local.get $pair))) (i32.const 0))
        (local.set $pointers (i32.add (local.get $pointers) (i32.const 4)))
        (local.set $pair (i32.add (local.get $pair) (i32.const 16)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br $next)))
    (i32.const 0))

  (func $now (result i64)
    (if (result i64) (i32.load (i32.const 4096))
      (then (i64.add (call $monotonic) (i64.const 1)))
      (else (i64.const 1))))
  (func $today (result i64)
    (call $wall (i32.const 4160))
    (i64.add
      (i64.mul (i64.load (i32.const 4160)) (i64.const 1000000000))
      (i64.load32_u (i32.const 4168))))
  (func (export "clock_time_get") (param $clock i32) (param i64) (param $time i32) (result i32)
    (i64.store (local.get $time)
      (if (result i64) (local.get $clock) (then (call $now)) (else (call $today))))
    (i32.const 0))

  (func (export "random_get") (param $at i32) (param $length i32) (result i32) (local $number i64) (local $seed i32)
    (local.set $seed (i32.eqz (i32.load (i32.const 4100))))
    (i32.store (i32.const 4100) (i32.const 1))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $length)))
        (local.set $number
          (if (result i64) (local.get $seed)
            (then (i64.const 0x74726f7570652121))
            (else (call $random))))
        (if (i32.ge_u (local.get $length) (i32.const 8))
          (then
            (i64.store (local.get $at) (local.get $number))
            (local.set $at (i32.add (local.get $at) (i32.const 8)))
            (local.set $length (i32.sub (local.get $length) (i32.const 8))))
          (else
            (i64.store8 (local.get $at) (local.get $number))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (local.set $length (i32.sub (local.get $length) (i32.const 1)))))
        (br $next)))
    (i32.const 0))

  (func (export "sched_yield") (result i32) (i32.const 0))
  (func (export "proc_exit") (param $code i32)
    (call $exit (i32.ne (local.get $code) (i32.const 0)))
    (unreachable))

  ;; How long a subscription to a clock waits; 0 for one to a file, which never has to wait.
  (func $wait_of (param $subscription i32) (result i64) (local $timeout i64)
    (if (i32.load8_u offset=8 (local.get $subscription)) (then (return (i64.const 0))))
    (local.set $timeout (i64.load offset=24 (local.get $subscription)))
    (if (i32.and (i32.load16_u offset=40 (local.get $subscription)) (i32.const 1))
      (then
        (local.set $timeout (i64.sub (local.get $timeout)
          (if (result i64) (i32.load offset=16 (local.get $subscription))
            (then (call $now))
            (else (call $today)))))))
    (if (result i64) (i64.lt_s (local.get $timeout) (i64.const 0))
      (then (i64.const 0))
      (else (local.get $timeout))))
  ;; Waits for the first of them, and tells of that one.
  (func (export "poll_oneoff") (param $in i32) (param $event i32) (param $count i32) (param $told i32) (result i32)
    (local $first i32) (local $wait i64) (local $pollable i32)
    (if (i32.eqz (local.get $count)) (then (return (i32.const 28))))
    ;; A clock that stands still would be waited for without end.
    (i32.store (i32.const 4096) (i32.const 1))
    (local.set $wait (i64.const -1))
    (loop $next
      (if (i64.lt_u (call $wait_of (local.get $in)) (local.get $wait))
        (then
          (local.set $first (local.get $in))
          (local.set $wait (call $wait_of (local.get $in)))))
      (local.set $in (i32.add (local.get $in) (i32.const 48)))
      (br_if $next (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
    (if (i64.ne (local.get $wait) (i64.const 0))
      (then
        (local.set $pollable (call $subscribe (local.get $wait)))
        (call $block (local.get $pollable))
        (call $drop_pollable (local.get $pollable))))
    (memory.fill (local.get $event) (i32.const 0) (i32.const 32))
    (i64.store (local.get $event) (i64.load (local.get $first)))
    (i32.store8 offset=10 (local.get $event) (i32.load8_u offset=8 (local.get $first)))
    (i32.store (local.get $told) (i32.const 1))
    (i32.const 0))

  ;; Handles plus 1 of what can be written to; 0 for all else.
  (func $output (param $descriptor i32) (result i32)
    (if (i32.eq (local.get $descriptor) (i32.const 1)) (then (return (i32.load (i32.const 4120)))))
    (if (i32.eq (local.get $descriptor) (i32.const 2)) (then (return (i32.load (i32.const 4124)))))
    (i32.const 0))
  (func (export "fd_write") (param $descriptor i32) (param $part i32) (param $parts i32) (param $written i32)
    (result i32) (local $stream i32) (local $at i32) (local $left i32) (local $now i32) (local $sum i32)
    (local.set $stream (call $output (local.get $descriptor)))
    (if (i32.eqz (local.get $stream)) (then (return (i32.const 8))))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $parts)))
        (local.set $at (i32.load (local.get $part)))
        (local.set $left (i32.load offset=4 (local.get $part)))
        (block $all
          (loop $more
            (br_if $all (i32.eqz (local.get $left)))
            ;; No more than 4096 bytes at once may be given.
            (local.set $now (select (local.get $left) (i32.const 4096) (i32.lt_u (local.get $left) (i32.const 4096))))
            (call $write (i32.sub (local.get $stream) (i32.const 1)) (local.get $at) (local.get $now) (i32.const 4160))
            (if (i32.load8_u (i32.const 4160)) (then (return (i32.const 29))))
            (local.set $at (i32.add (local.get $at) (local.get $now)))
            (local.set $left (i32.sub (local.get $left) (local.get $now)))
            (local.set $sum (i32.add (local.get $sum) (local.get $now)))
            (br $more)))
        (local.set $part (i32.add (local.get $part) (i32.const 8)))
        (local.set $parts (i32.sub (local.get $parts) (i32.const 1)))
        (br $next)))
    (i32.store (local.get $written) (local.get $sum))
    (i32.const 0))

  ;; Numbers of preview 1 for the errors of a read-only file system.
  (func $errno (param $code i32) (result i32)
    (if (i32.eq (local.get $code) (i32.const 0)) (then (return (i32.const 2))))   ;; access
    (if (i32.eq (local.get $code) (i32.const 3)) (then (return (i32.const 8))))   ;; bad-descriptor
    (if (i32.eq (local.get $code) (i32.const 7)) (then (return (i32.const 20))))  ;; exist
    (if (i32.eq (local.get $code) (i32.const 12)) (then (return (i32.const 28)))) ;; invalid
    (if (i32.eq (local.get $code) (i32.const 14)) (then (return (i32.const 31)))) ;; is-directory
    (if (i32.eq (local.get $code) (i32.const 15)) (then (return (i32.const 32)))) ;; loop
    (if (i32.eq (local.get $code) (i32.const 18)) (then (return (i32.const 37)))) ;; name-too-long
    (if (i32.eq (local.get $code) (i32.const 20)) (then (return (i32.const 44)))) ;; no-entry
    (if (i32.eq (local.get $code) (i32.const 24)) (then (return (i32.const 54)))) ;; not-directory
    (if (i32.eq (local.get $code) (i32.const 27)) (then (return (i32.const 58)))) ;; unsupported
    (if (i32.eq (local.get $code) (i32.const 31)) (then (return (i32.const 63)))) ;; not-permitted
    (if (i32.eq (local.get $code) (i32.const 33)) (then (return (i32.const 69)))) ;; read-only
    (i32.const 29))
  (func $filetype (param $type i32) (result i32)
    (if (i32.eq (local.get $type) (i32.const 3)) (then (return (i32.const 3))))
    (if (i32.eq (local.get $type) (i32.const 6)) (then (return (i32.const 4))))
    (if (i32.eq (local.get $type) (i32.const 5)) (then (return (i32.const 7))))
    (i32.const 0))

  ;; Where an open file is noted; 0 for what is none.
  (func $file (param $descriptor i32) (result i32) (local $at i32)
    (local.set $descriptor (i32.sub (local.get $descriptor) (i32.const 3)))
    (if (i32.ge_u (local.get $descriptor) (i32.const 64)) (then (return (i32.const 0))))
    (local.set $at (i32.add (i32.const 4352) (i32.mul (local.get $descriptor) (i32.const 16))))
    (select (local.get $at) (i32.const 0) (i32.load (local.get $at))))
  ;; Notes one; gives its descriptor, or -1 when there is no room.
  (func $note (param $state i32) (param $handle i32) (result i32) (local $at i32)
    (local.set $at (i32.const 4352))
    (loop $next
      (if (i32.eqz (i32.load (local.get $at)))
        (then
          (i32.store (local.get $at) (local.get $state))
          (i32.store offset=4 (local.get $at) (local.get $handle))
          (i64.store offset=8 (local.get $at) (i64.const 0))
          (return (i32.add (i32.div_u (i32.sub (local.get $at) (i32.const 4352)) (i32.const 16)) (i32.const 3)))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 5376))))
    (i32.const -1))

  ;; The runtime asks for these one after another, from 3 on, until there is none.
  (func $preopens (local $pair i32) (local $left i32)
    (call $bytes_go (i32.const 8192) (i32.const 0) (i32.const 12288))
    (i32.store (i32.const 4116) (i32.const 5376))
    (call $get_directories (i32.const 4160))
    (local.set $pair (i32.load (i32.const 4160)))
    (local.set $left (i32.load (i32.const 4164)))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $left)))
        (drop (call $note (i32.const 1) (i32.load (local.get $pair))))
        (local.set $pair (i32.add (local.get $pair) (i32.const 12)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br $next))))
  ;; Where the array says what a folder's name is.
  (func $preopen (param $descriptor i32) (result i32) (local $file i32)
    (local.set $file (call $file (local.get $descriptor)))
    (if (i32.eqz (local.get $file)) (then (return (i32.const 0))))
    (if (i32.ne (i32.load (local.get $file)) (i32.const 1)) (then (return (i32.const 0))))
    (i32.add (i32.const 5376) (i32.mul (i32.sub (local.get $descriptor) (i32.const 3)) (i32.const 12))))
  (func (export "fd_prestat_get") (param $descriptor i32) (param $to i32) (result i32) (local $pair i32)
    (if (i32.and (i32.eq (local.get $descriptor) (i32.const 3)) (i32.eqz (call $file (i32.const 3))))
      (then (call $preopens)))
    (local.set $pair (call $preopen (local.get $descriptor)))
    (if (i32.eqz (local.get $pair)) (then (return (i32.const 8))))
    (i32.store (local.get $to) (i32.const 0))
    (i32.store offset=4 (local.get $to) (i32.load offset=8 (local.get $pair)))
    (i32.const 0))
  (func (export "fd_prestat_dir_name") (param $descriptor i32) (param $to i32) (param $length i32) (result i32)
    (local $pair i32)
    (local.set $pair (call $preopen (local.get $descriptor)))
    (if (i32.eqz (local.get $pair)) (then (return (i32.const 8))))
    (if (i32.lt_u (local.get $length) (i32.load offset=8 (local.get $pair))) (then (return (i32.const 37))))
    (memory.copy (local.get $to) (i32.load offset=4 (local.get $pair)) (i32.load offset=8 (local.get $pair)))
    (i32.const 0))

  (func (export "fd_fdstat_get") (param $descriptor i32) (param $to i32) (result i32) (local $file i32)
    (memory.fill (local.get $to) (i32.const 0) (i32.const 24))
    (i64.store offset=8 (local.get $to) (i64.const -1))
    (i64.store offset=16 (local.get $to) (i64.const -1))
    (if (i32.lt_u (local.get $descriptor) (i32.const 3))
      (then
        (i32.store8 (local.get $to) (i32.const 2))
        (return (i32.const 0))))
    (local.set $file (call $file (local.get $descriptor)))
    (if (i32.eqz (local.get $file)) (then (return (i32.const 8))))
    (call $get_type (i32.load offset=4 (local.get $file)) (i32.const 4160))
    (if (i32.load8_u (i32.const 4160)) (then (return (call $errno (i32.load8_u (i32.const 4161))))))
    (i32.store8 (local.get $to) (call $filetype (i32.load8_u (i32.const 4161))))
    (i32.const 0))
  (func (export "fd_fdstat_set_flags") (param i32 i32) (result i32) (i32.const 0))
  (func (export "fd_fdstat_set_rights") (param i32 i64 i64) (result i32) (i32.const 0))

  ;; Turns the answer about a file into that of preview 1. There are no times.
  (func $filestat (param $to i32) (result i32)
    (if (i32.load8_u (i32.const 4160)) (then (return (call $errno (i32.load8_u (i32.const 4168))))))
    (memory.fill (local.get $to) (i32.const 0) (i32.const 64))
    (i32.store8 offset=16 (local.get $to) (call $filetype (i32.load8_u (i32.const 4168))))
    (i64.store offset=24 (local.get $to) (i64.load (i32.const 4176)))
    (i64.store offset=32 (local.get $to) (i64.load (i32.const 4184)))
    (i32.const 0))
  (func (export "fd_filestat_get") (param $descriptor i32) (param $to i32) (result i32) (local $file i32)
    (if (i32.lt_u (local.get $descriptor) (i32.const 3))
      (then
        (memory.fill (local.get $to) (i32.const 0) (i32.const 64))
        (i32.store8 offset=16 (local.get $to) (i32.const 2))
        (return (i32.const 0))))
    (local.set $file (call $file (local.get $descriptor)))
    (if (i32.eqz (local.get $file)) (then (return (i32.const 8))))
    (call $stat (i32.load offset=4 (local.get $file)) (i32.const 4160))
    (call $filestat (local.get $to)))
  (func (export "path_filestat_get") (param $descriptor i32) (param $follow i32) (param $path i32) (param $length i32)
    (param $to i32) (result i32) (local $file i32)
    (local.set $file (call $file (local.get $descriptor)))
    (if (i32.eqz (local.get $file)) (then (return (i32.const 8))))
    (call $stat_at (i32.load offset=4 (local.get $file)) (i32.and (local.get $follow) (i32.const 1))
      (local.get $path) (local.get $length) (i32.const 4160))
    (call $filestat (local.get $to)))

  (func (export "path_open") (param $descriptor i32) (param $follow i32) (param $path i32) (param $length i32)
    (param $open i32) (param $rights i64) (param i64) (param i32) (param $to i32) (result i32)
    (local $file i32) (local $new i32)
    (local.set $file (call $file (local.get $descriptor)))
    (if (i32.eqz (local.get $file)) (then (return (i32.const 8))))
    ;; The flags of opening have the same bits. Of the rights, 64 is to write; reading is always asked for.
    (call $open_at (i32.load offset=4 (local.get $file)) (i32.and (local.get $follow) (i32.const 1))
      (local.get $path) (local.get $length) (i32.and (local.get $open) (i32.const 15))
      (i32.or (i32.const 1) (i32.shl (i64.ne (i64.and (local.get $rights) (i64.const 64)) (i64.const 0)) (i32.const 1)))
      (i32.const 4160))
    (if (i32.load8_u (i32.const 4160)) (then (return (call $errno (i32.load8_u (i32.const 4164))))))
    (local.set $new (call $note (i32.const 2) (i32.load (i32.const 4164))))
    (if (i32.eq (local.get $new) (i32.const -1))
      (then
        (call $drop_descriptor (i32.load (i32.const 4164)))
        (return (i32.const 33))))
    (i32.store (local.get $to) (local.get $new))
    (i32.const 0))
  (func (export "fd_close") (param $descriptor i32) (result i32) (local $file i32)
    (local.set $file (call $file (local.get $descriptor)))
    (if (i32.eqz (local.get $file)) (then (return (i32.const 8))))
    (call $drop_descriptor (i32.load offset=4 (local.get $file)))
    (i32.store (local.get $file) (i32.const 0))
    (i32.const 0))

  ;; Reads into all parts, until there is no more. Gives an error.
  (func $read_parts (param $file i32) (param $part i32) (param $parts i32) (param $from i64) (param $count i32)
    (result i32) (local $length i32) (local $sum i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $parts)))
        (local.set $length (i32.load offset=4 (local.get $part)))
        (if (local.get $length)
          (then
            ;; What is read goes straight to where it is wanted.
            (call $bytes_go (i32.load (local.get $part)) (i32.const 0)
              (i32.add (i32.load (local.get $part)) (local.get $length)))
            (call $read (i32.load offset=4 (local.get $file)) (i64.extend_i32_u (local.get $length))
              (i64.add (local.get $from) (i64.extend_i32_u (local.get $sum))) (i32.const 4160))
            (if (i32.load8_u (i32.const 4160)) (then (return (call $errno (i32.load8_u (i32.const 4164))))))
            (local.set $sum (i32.add (local.get $sum) (i32.load (i32.const 4168))))
            (br_if $done (i32.lt_u (i32.load (i32.const 4168)) (local.get $length)))))
        (local.set $part (i32.add (local.get $part) (i32.const 8)))
        (local.set $parts (i32.sub (local.get $parts) (i32.const 1)))
        (br $next)))
    (i32.store (local.get $count) (local.get $sum))
    (i32.const 0))
  (func (export "fd_read") (param $descriptor i32) (param $part i32) (param $parts i32) (param $count i32) (result i32)
    (local $file i32) (local $error i32)
    ;; The standard input is at its end.
    (if (i32.eqz (local.get $descriptor))
      (then
        (i32.store (local.get $count) (i32.const 0))
        (return (i32.const 0))))
    (local.set $file (call $file (local.get $descriptor)))
    (if (i32.eqz (local.get $file)) (then (return (i32.const 8))))
    (local.set $error (call $read_parts (local.get $file) (local.get $part) (local.get $parts)
      (i64.load offset=8 (local.get $file)) (local.get $count)))
    (if (local.get $error) (then (return (local.get $error))))
    (i64.store offset=8 (local.get $file)
      (i64.add (i64.load offset=8 (local.get $file)) (i64.load32_u (local.get $count))))
    (i32.const 0))
  (func (export "fd_pread") (param $descriptor i32) (param $part i32) (param $parts i32) (param $from i64)
    (param $count i32) (result i32) (local $file i32)
    (local.set $file (call $file (local.get $descriptor)))
    (if (i32.eqz (local.get $file)) (then (return (i32.const 8))))
    (call $read_parts (local.get $file) (local.get $part) (local.get $parts) (local.get $from) (local.get $count)))
  (func (export "fd_seek") (param $descriptor i32) (param $offset i64) (param $whence i32) (param $to i32) (result i32)
    (local $file i32)
    (local.set $file (call $file (local.get $descriptor)))
    (if (i32.eqz (local.get $file)) (then (return (i32.const 8))))
    (if (i32.eq (local.get $whence) (i32.const 1))
      (then (local.set $offset (i64.add (local.get $offset) (i64.load offset=8 (local.get $file))))))
    (if (i32.eq (local.get $whence) (i32.const 2))
      (then
        (call $stat (i32.load offset=4 (local.get $file)) (i32.const 4160))
        (if (i32.load8_u (i32.const 4160)) (then (return (call $errno (i32.load8_u (i32.const 4168))))))
        (local.set $offset (i64.add (local.get $offset) (i64.load (i32.const 4184))))))
    (if (i64.lt_s (local.get $offset) (i64.const 0)) (then (return (i32.const 28))))
    (i64.store offset=8 (local.get $file) (local.get $offset))
    (i64.store (local.get $to) (local.get $offset))
    (i32.const 0))

  ;; Entries from number $cookie on, as many as there is room for; the last one may be cut.
  (func (export "fd_readdir") (param $descriptor i32) (param $at i32) (param $room i32) (param $cookie i64)
    (param $count i32) (result i32)
    (local $file i32) (local $entries i32) (local $number i64) (local $size i32) (local $all i32)
    (local.set $file (call $file (local.get $descriptor)))
    (local.set $all (local.get $room))
    (if (i32.eqz (local.get $file)) (then (return (i32.const 8))))
    (call $read_directory (i32.load offset=4 (local.get $file)) (i32.const 4160))
    (if (i32.load8_u (i32.const 4160)) (then (return (call $errno (i32.load8_u (i32.const 4164))))))
    (local.set $entries (i32.load (i32.const 4164)))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $room)))
        ;; Behind the names of the folders that are given.
        (call $bytes_go (i32.const 8192) (i32.const 0) (i32.const 12288))
        (call $read_entry (local.get $entries) (i32.const 4160))
        (if (i32.load8_u (i32.const 4160))
          (then
            (call $drop_entries (local.get $entries))
            (return (call $errno (i32.load8_u (i32.const 4164))))))
        (br_if $done (i32.eqz (i32.load8_u (i32.const 4164))))
        (local.set $number (i64.add (local.get $number) (i64.const 1)))
        (br_if $next (i64.le_u (local.get $number) (local.get $cookie)))
        ;; The head is made in front of the name, and both are given at once.
        (i64.store (i32.const 8168) (local.get $number))
        (i64.store (i32.const 8176) (i64.const 0))
        (i32.store (i32.const 8184) (i32.load (i32.const 4176)))
        (i32.store (i32.const 8188) (call $filetype (i32.load8_u (i32.const 4168))))
        (local.set $size (i32.add (i32.const 24) (i32.load (i32.const 4176))))
        (if (i32.gt_u (local.get $size) (local.get $room)) (then (local.set $size (local.get $room))))
        (memory.copy (local.get $at) (i32.const 8168) (local.get $size))
        (local.set $at (i32.add (local.get $at) (local.get $size)))
        (local.set $room (i32.sub (local.get $room) (local.get $size)))
        (br $next)))
    (call $drop_entries (local.get $entries))
    (i32.store (local.get $count) (i32.sub (local.get $all) (local.get $room)))
    (i32.const 0))

  ;; Nothing can be written, and there are no links and no sockets.
  (func (export "fd_sync") (param i32) (result i32) (i32.const 0))
  (func (export "fd_pwrite") (param i32 i32 i32 i64 i32) (result i32) (i32.const 69))
  (func (export "fd_filestat_set_size") (param i32 i64) (result i32) (i32.const 69))
  (func (export "path_create_directory") (param i32 i32 i32) (result i32) (i32.const 69))
  (func (export "path_filestat_set_times") (param i32 i32 i32 i32 i64 i64 i32) (result i32) (i32.const 69))
  (func (export "path_link") (param i32 i32 i32 i32 i32 i32 i32) (result i32) (i32.const 69))
  (func (export "path_readlink") (param i32 i32 i32 i32 i32 i32) (result i32) (i32.const 28))
  (func (export "path_remove_directory") (param i32 i32 i32) (result i32) (i32.const 69))
  (func (export "path_rename") (param i32 i32 i32 i32 i32 i32) (result i32) (i32.const 69))
  (func (export "path_symlink") (param i32 i32 i32 i32 i32) (result i32) (i32.const 69))
  (func (export "path_unlink_file") (param i32 i32 i32) (result i32) (i32.const 69))
  (func (export "sock_accept") (param i32 i32 i32) (result i32) (i32.const 58))
  (func (export "sock_shutdown") (param i32 i32) (result i32) (i32.const 58)))
