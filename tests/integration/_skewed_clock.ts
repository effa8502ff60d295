// Run before `host/main.ts` (`deno run --preload`): gives the process another clock, so that nothing of its own code knows of
// it. TROUPE_SKEW: by how many milliseconds it is fast; slow, where that is less than 0. Timers are as they were.

const skew = Number(Deno.env.get("TROUPE_SKEW"));
const now = Date.now;

globalThis.Date = new Proxy(Date, {
  construct: (date, args, target) =>
    Reflect.construct(date, args.length === 0 ? [now() + skew] : args, target),
  apply: (date) => new date(now() + skew).toString(),
});
Date.now = () => now() + skew;
