// tries: to come inside by a name that leads out when it is checked, and inside a moment later
// ends: returns: []
// runs: client
// repeats: 20, of four requests each
// deno-lint-ignore-file no-unused-vars -- what goes before it calls it
const ALLOWED = ["well", "destination-IP-prohibited"];
// Which of the two it is depends on who else has asked in between.
const attack = () =>
  outcomes(Array.from({ length: 4 }, () => "http://rebinding.test:{{port}}/open/well"))
    .filter((outcome) => !ALLOWED.includes(outcome));
