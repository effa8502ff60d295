// tries: to have a hundred requests under way at once
// ends: troupe.HostCallLimit
// says: limits.hostCalls
// runs: client
// limits: concurrency=4
// As many as wait at once have an instance each: fifty would be seen as growth after the five before them.
// deno-lint-ignore-file no-unused-vars -- what goes before it calls it
function attack() {
  const futures = Array.from({ length: 100 }, () => begin("http://api.test:{{port}}/open/silent"));
  return futures.map(end).length;
}
