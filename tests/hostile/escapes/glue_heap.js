// tries: to fill the engine's heap with objects, which ends a process that has a limit for it
// ends: troupe.MemoryLimit or troupe.Trap
// runs: glue
// limits: memoryBytes=16777216
// repeats: 2, each costs up to three processes and half a gigabyte

export function instantiate() {
  return {
    handle(payload) {
      if (payload !== "1") return payload;
      let all = {};
      for (let n = 0;; n++) all = { all, n: [n, n, n, n, n, n, n, n] };
    },
  };
}
