// tries: to be told the value that the host puts into its requests
// ends: returns: ["Bearer ************************************","Bearer ************************************","Bearer ************************************"]
// runs: client
// deno-lint-ignore-file no-unused-vars -- what goes before it calls it
function attack() {
  const { headers, text } = end(begin("http://api.test:{{port}}/open/told", {
    headers: [["authorization", "own"], ["accept-encoding", "gzip"]],
  }));
  const [, told] = headers.find(([name]) => name === "x-told");
  const [first, second] = text.split(" Bearer ");
  return [told, first, `Bearer ${second}`];
}
