// tries: to get at functions of the sandbox by the traces of errors
// ends: returns: []
// runs: glue

export function instantiate() {
  return {
    handle(payload) {
      if (payload !== "1") return payload;
      const found = [];
      const before = Error.prepareStackTrace;
      Error.prepareStackTrace = (_, sites) => sites;
      try {
        for (const site of new Error().stack ?? []) {
          const self = site.getThis?.();
          const fn = site.getFunction?.();
          if (self && self !== this && (self.Deno || self.fetch)) found.push("this");
          if (fn && (fn.caller || fn.arguments)) found.push("function");
        }
      } catch {
        // A function in strict mode has no caller that can be asked for.
      } finally {
        Error.prepareStackTrace = before;
      }
      return JSON.stringify(found);
    },
  };
}
