// tries: to go on with calls when its hop is over, so that they are taken for those of the next
// ends: returns: 1
// runs: glue
// blocking: yes
let refused = false;

export function instantiate(_getCoreModule, imports) {
  return {
    async handle(payload) {
      if (payload !== "1") return payload;
      const { emit } = imports["troupe:actor/mesh"];
      // Some of it comes while the envelope after it is being handled.
      const late = async () => {
        for (let turn = 0; turn < 20; turn++) {
          await Promise.resolve();
          try {
            if (turn > 5) emit('"forged"');
          } catch {
            refused = true;
          }
        }
      };
      late();
      await Promise.resolve();
      return refused ? payload : "1";
    },
  };
}
