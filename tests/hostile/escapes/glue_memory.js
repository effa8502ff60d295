// tries: to have more memory than any actor, as code past every check
// ends: troupe.MemoryLimit
// runs: glue
// limits: memoryBytes=16777216
// repeats: 5, each costs a process and half a gigabyte

export function instantiate() {
  return {
    handle(payload) {
      if (payload !== "1") return payload;
      const all = [];
      for (;;) all.push(new Uint8Array(1 << 20).fill(1));
    },
  };
}
