;; tries: to be read as one payload by one reader and as another by the next, by two members of one name
;; ends: returns: {"a":1,"a":2,"__proto__":{"status":3}}
;; -- module --
(data (i32.const 256) "{\22a\22:1,\22a\22:2,\22__proto__\22:{\22status\22:3}}")
;; Nobody reads it on the way: it comes out as it went in.
(func $attack (param i32 i32) (result i32) (call $return (i32.const 256) (i32.const 38)))
