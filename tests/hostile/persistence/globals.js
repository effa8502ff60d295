// tries: to leave marks in what a JavaScript actor has: variables, the global object, prototypes, timers
// ends: returns: [0,null,null,null]
let count = 0;
export function handle(payload) {
  if (payload !== "1") return payload;
  const seen = [count++, globalThis.mark ?? null, [].mark ?? null, JSON.mark ?? null];
  globalThis.mark = Array.prototype.mark = JSON.mark = 1;
  return JSON.stringify(seen);
}
