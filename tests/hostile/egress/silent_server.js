// tries: to wait for a server that never answers
// ends: troupe.Timeout
// runs: client
// limits: timeoutMs=500 concurrency=4
// As many as wait at once have an instance each: fifty would be seen as growth after the five before them.
// deno-lint-ignore-file no-unused-vars -- what goes before it calls it
const attack = () => outcome("http://api.test:{{port}}/open/silent");
