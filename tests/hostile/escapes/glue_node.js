// tries: to have modules of Node loaded, as code that got past every check: files, processes, sockets
// ends: refused: troupe.ComponentStart
// runs: glue
// repeats: 10, each costs a process

const found = [];
for (
  const name of [
    "node:fs",
    "node:child_process",
    "node:net",
    "node:worker_threads",
    "node:vm",
    "node:process",
  ]
) {
  try {
    const module = await import(name);
    for (
      const attempt of [
        () => module.readFileSync("/etc/hostname"),
        () => module.writeFileSync("/tmp/troupe-escaped", "x"),
        () => module.execSync("id"),
        () => module.runInThisContext("Deno"),
        () => module.env.PATH,
      ]
    ) {
      try {
        found.push(String(attempt()));
      } catch {
        // Refused, or not of this module.
      }
    }
  } catch {
    // There is none.
  }
}
// Where nothing was found, it ends as what cannot be loaded ends; else it is loaded, and that is not what is expected.
if (found.length === 0) throw new Error("nothing was found");

export const instantiate = () => ({ handle: () => JSON.stringify(found) });
