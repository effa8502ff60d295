// tries: to stay after its envelope, in promises that make promises, and to spin there
// ends: returns: 1 or troupe.Timeout
// runs: glue
// limits: timeoutMs=1000
// repeats: 2, each is charged to the component: nothing is known of what it did

export function instantiate() {
  return {
    handle(payload) {
      if (payload !== "1") return payload;
      const again = () => Promise.resolve().then(again);
      again();
      return payload;
    },
  };
}
