// tries: to wait for nothing at all
// ends: troupe.Trap
// says: a poll of nothing
// runs: client
// deno-lint-ignore-file no-unused-vars -- what goes before it calls it
const attack = () => poll([]).length;
