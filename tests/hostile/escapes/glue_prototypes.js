// tries: to catch what the sandbox works with, in methods that it put in the place of those of arrays, maps and buffers
// ends: returns: []
// runs: glue
// repeats: 10, each of them changes what the sandbox is made of
const found = [];
const look = (value) => {
  if (value && (typeof value === "object" || typeof value === "function")) {
    for (const name of ["Deno", "fetch", "exit", "readTextFileSync", "env"]) {
      try {
        if (typeof value[name] === "function" || name === "Deno" && value[name]) found.push(name);
      } catch { /* It is guarded. */ }
    }
  }
};
for (
  const [prototype, names] of [
    [Array.prototype, ["push", "map", "reduce", "slice"]],
    [Map.prototype, ["get", "set"]],
    [Uint8Array.prototype, ["set"]],
    [Function.prototype, ["call", "apply", "bind"]],
    [Promise.prototype, ["then"]],
  ]
) {
  for (const name of names) {
    const real = prototype[name];
    prototype[name] = function (...rest) {
      look(this);
      for (const value of rest) look(value);
      return Reflect.apply(real, this, rest);
    };
  }
}
export function instantiate() {
  return {
    handle(payload) {
      if (payload !== "1") return payload;
      return JSON.stringify([...new Set(found)]);
    },
  };
}
