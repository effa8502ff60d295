// tries: to come inside by names that are granted, and lead to addresses which are not
// ends: returns: ["destination-IP-prohibited"]
// runs: client
// deno-lint-ignore-file no-unused-vars -- what goes before it calls it
const NAMES =
  "inside private link-local metadata metadata6 unspecified loopback6 mapped compatible nat64 6to4 teredo " +
  "local multicast";
const attack = () => outcomes(NAMES.split(" ").map((name) => `http://${name}.test:{{port}}/open/well`));
