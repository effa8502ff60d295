// tries: to fail with a message, a traceback and details of a megabyte each, which would travel with its envelope
// ends: Loud
// repeats: 20, each has three megabytes
const LONG = "x".repeat(1 << 20);
export function handle(payload) {
  if (payload !== "1") return payload;
  throw {
    kind: "Loud",
    lineage: Array(1000).fill("Loud"),
    message: LONG,
    traceback: LONG,
    details: JSON.stringify(LONG),
  };
}
