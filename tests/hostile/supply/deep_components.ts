// tries: to use up the stack of whoever reads it, by two thousand components within each other
// ends: refused: troupe.TooLarge
// runs: maker
// repeats: 10, each is looked at in a process of its own

const HEAD = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];

/** The bytes. */
export function make(): Uint8Array {
  let inner = Uint8Array.from(HEAD);
  for (let n = 0; n < 2000; n++) {
    const head = [...HEAD, 0x04, ...leb(inner.length)];
    const outer = new Uint8Array(head.length + inner.length);
    outer.set(head);
    outer.set(inner, head.length);
    inner = outer;
  }
  return inner;
}

function leb(value: number): number[] {
  return value < 128 ? [value] : [value % 128 + 128, ...leb(Math.floor(value / 128))];
}
