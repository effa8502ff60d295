// tries: to wait for a time that never comes
// ends: troupe.Timeout
// runs: client
// limits: timeoutMs=500 concurrency=4
// As many as wait at once have an instance each: fifty would be seen as growth after the five before them.
// deno-lint-ignore-file no-unused-vars -- what goes before it calls it
function attack() {
  poll([subscribeDuration(1e18)]);
  return "it came";
}
