// tries: to run a component of its own making, past the look at components: it has no more than the sandbox has
// ends: returns: []
// runs: glue

export function instantiate() {
  return {
    handle(payload) {
      if (payload !== "1") return payload;
      const module = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
      const instance = new WebAssembly.Instance(module, {});
      return JSON.stringify(Object.keys(instance.exports));
    },
  };
}
