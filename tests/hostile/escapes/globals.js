// tries: to find anything of Deno, the browser or Node in a JavaScript actor
// ends: returns: []
const NAMES = [
  "Deno",
  "fetch",
  "Worker",
  "WebSocket",
  "localStorage",
  "caches",
  "BroadcastChannel",
  "process",
  "require",
];
export function handle(payload) {
  if (payload !== "1") return payload;
  return JSON.stringify(NAMES.filter((name) => globalThis[name] !== undefined));
}
