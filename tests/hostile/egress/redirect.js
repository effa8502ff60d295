// tries: to be redirected inside
// ends: returns: [302,"","HTTP-request-denied"]
// runs: client
// deno-lint-ignore-file no-unused-vars -- what goes before it calls it
function attack() {
  const { status, text, headers } = end(begin("http://api.test:{{port}}/open/redirect"));
  const [, location] = headers.find(([name]) => name === "location");
  return [status, text, outcome(location)];
}
