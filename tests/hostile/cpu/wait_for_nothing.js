// tries: to hold its place for ever, by waiting for what does not come
// ends: troupe.Timeout
// runs: glue
// blocking: yes
// limits: timeoutMs=1000
// repeats: 5, each costs its second
export function instantiate() {
  return {
    handle(payload) {
      return payload === "1" ? new Promise(() => {}) : Promise.resolve(payload);
    },
  };
}
