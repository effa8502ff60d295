// tries: to send without end
// ends: troupe.EgressBytes
// says: limits.egressBytes
// runs: client
// limits: egressBytes=100000 concurrency=4
// As many as wait at once have an instance each: fifty would be seen as growth after the five before them.
// deno-lint-ignore-file no-unused-vars -- what goes before it calls it
function attack() {
  for (;;) outcome("http://api.test:{{port}}/open/well", { method: "post", body: "a".repeat(10000) });
}
