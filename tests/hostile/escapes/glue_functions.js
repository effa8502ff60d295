// tries: the same from functions made of text, which see the global object of their own
// ends: returns: []
// runs: glue

export function instantiate(getCoreModule, imports) {
  return {
    handle(payload) {
      if (payload !== "1") return payload;
      const makers = [
        Function,
        (async () => {}).constructor,
        (function* () {}).constructor,
        (async function* () {}).constructor,
        (0, globalThis.eval),
        imports["troupe:actor/mesh"].log.constructor,
        getCoreModule.constructor,
      ].filter((maker) => typeof maker === "function");
      const found = [];
      for (const maker of makers) {
        for (const name of ["Deno", "fetch", "Worker", "process", "require"]) {
          try {
            const value = maker("return typeof " + name);
            if (typeof value === "function" && value() === "object") found.push(name);
          } catch (error) {
            if (
              !(error instanceof ReferenceError || error instanceof EvalError || error instanceof SyntaxError)
            ) found.push(String(error));
          }
        }
      }
      return JSON.stringify(found);
    },
  };
}
