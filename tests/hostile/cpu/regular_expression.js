// tries: to keep the processor with a regular expression that tries everything twice
// ends: troupe.Timeout
// limits: timeoutMs=1500
// repeats: 5, each costs a process
export function handle(payload) {
  if (payload !== "1") return payload;
  return String(/^(a+)+$/.test("a".repeat(60) + "!"));
}
