// tries: to spin where no call of the host's is on the stack any more: after it has waited for something
// ends: troupe.Timeout
// runs: glue
// blocking: yes
// limits: timeoutMs=1000
// repeats: 5, each costs a process
export function instantiate() {
  return {
    async handle(payload) {
      if (payload !== "1") return payload;
      await Promise.resolve();
      for (;;);
    },
  };
}
