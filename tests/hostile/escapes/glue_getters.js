// tries: to have code of its own run where the sandbox looks at what it threw
// ends: troupe.Trap
// runs: glue
// repeats: 5, each may cost processes

export function instantiate() {
  return {
    handle(payload) {
      if (payload !== "1") return payload;
      const thrower = () => {
        throw Object.create(null);
      };
      throw new Proxy({}, { get: thrower, getPrototypeOf: thrower, has: thrower });
    },
  };
}
