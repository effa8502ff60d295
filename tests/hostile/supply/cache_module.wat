;; tries: the same as its core modules, which are no modules now
;; ends: returns: 1
;; runs: cache
;; replaces: module
;; repeats: 10, what matters is the first
