// tries: the same in JavaScript
// ends: returns: [0,0]
export function handle(payload) {
  if (payload !== "1") return payload;
  const clocks = [() => Date.now(), () => globalThis.performance?.now() ?? 0];
  return JSON.stringify(clocks.map((now) => {
    let fine = 0;
    let before = now();
    for (let n = 0; n < 2_000; n++) {
      const time = now();
      // What it counts from may be anything; how it goes on may not.
      const step = time - before;
      if (Math.abs(step - Math.round(step)) > 1e-3 || step < 0) fine = 1;
      before = time;
    }
    return fine;
  }));
}
