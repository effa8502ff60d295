// tries: to speak for another envelope: it keeps the mesh of the first
// ends: returns: 1
// runs: glue

let kept;
export function instantiate(_getCoreModule, imports) {
  return {
    handle(payload) {
      if (payload !== "1") return payload;
      kept ??= imports["troupe:actor/mesh"];
      // Between envelopes there is no mesh, whoever kept it.
      queueMicrotask(() => {
        try {
          kept.emit('"forged"');
        } catch {
          // Refused.
        }
      });
      return payload;
    },
  };
}
