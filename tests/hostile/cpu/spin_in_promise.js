// tries: to spin after it has returned, in promises that make promises
// ends: returns: 1 or troupe.Timeout
// limits: timeoutMs=1500
// repeats: 5, each may cost a process
export function handle(payload) {
  if (payload !== "1") return payload;
  const again = () => Promise.resolve().then(again);
  again();
  return payload;
}
