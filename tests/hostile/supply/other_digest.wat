;; tries: to be run in the place of a component that has another digest, by the server that has it
;; ends: refused: troupe.DigestMismatch
;; runs: download
;; repeats: 10, each is fetched
;; -- module --
(func $attack (param i32 i32) (result i32) (unreachable))
