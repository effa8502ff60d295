// tries: to fill its memory with what a JavaScript actor has: arrays
// ends: troupe.MemoryLimit or troupe.Trap
// limits: memoryBytes=33554432
// repeats: 10, each fills 32 MiB
export function handle(payload) {
  if (payload !== "1") return payload;
  const all = [];
  for (;;) all.push(new Uint8Array(1 << 16).fill(1));
}
