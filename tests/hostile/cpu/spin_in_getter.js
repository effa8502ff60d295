// tries: to spin where the actor's own failure is read, in a getter of what it throws
// ends: troupe.Timeout
// limits: timeoutMs=1500
// repeats: 5, each costs a process
export function handle(payload) {
  if (payload !== "1") return payload;
  throw {
    get kind() {
      for (;;);
    },
    lineage: [],
    message: "",
  };
}
