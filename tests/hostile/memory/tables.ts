// tries: to fill the process with tables, which no memory limit of WebAssembly counts
// ends: troupe.MemoryLimit
// runs: maker
// limits: memoryBytes=1048576
// repeats: 5, each costs a process and half a gigabyte

const TABLES = Array.from({ length: 24 }, (_, n) => n);

/** The pieces of the attack. */
export const make = (): string => `
;; -- module --
${TABLES.map((n) => `(table $t${n} 0 funcref)`).join("\n")}
(elem declare func $none)
(func $attack (param i32 i32) (result i32)
  ${TABLES.map((n) => `(drop (table.grow $t${n} (ref.func $none) (i32.const 9000000)))`).join("\n  ")}
  (loop $again (br $again))
  (unreachable))`;
