// tries: to end its hop with what is no error: a symbol that cannot be a text
// ends: troupe.Trap
// runs: glue

export function instantiate() {
  return {
    handle(payload) {
      if (payload !== "1") return payload;
      throw Symbol("x");
    },
  };
}
