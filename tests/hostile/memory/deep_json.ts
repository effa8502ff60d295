// tries: to return a hundred thousand arrays within each other, on which parsers and printers break
// ends: troupe.BadOutput
// says: nested more than 512 deep
// runs: maker

/** The pieces of the attack. */
export const make = (): string =>
  deep(`
  (call $return (i32.const 131072) (i32.const 200000))`);

/** Makes the text, and does something with it. */
export const deep = (use: string): string => `
;; -- module --
(func $attack (param i32 i32) (result i32)
  (drop (memory.grow (i32.const 16)))
  (memory.fill (i32.const 131072) (i32.const 0x5b) (i32.const 100000))
  (memory.fill (i32.const 231072) (i32.const 0x5d) (i32.const 100000))
  ${use})
(data (i32.const 256) ".headers.deep")`;
