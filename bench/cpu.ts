/**
 * What processes use of the processor, as Linux counts it.
 *
 * @module
 */

/** Ticks in a second: the same on every Linux that Deno runs on. */
const TICKS = 100;

/** Seconds of processor that processes have used since they were started; those that are gone count nothing. */
export function cpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + secondsOf(pid), 0);
}

/** The children of a process. */
export function childrenOf(pid: number): number[] {
  return (readProc(`${pid}/task/${pid}/children`) ?? "").split(" ").filter(Boolean).map(Number);
}

/** Processes, by what they are called in a table; asked for when they are looked at. */
export type Processes = Readonly<Record<string, () => readonly number[]>>;

/** Begins to count the processor's seconds; what it returns says how many have been used since. */
export function meter(who: Processes): () => Record<string, number> {
  const now = () => Object.entries(who).map(([name, pids]) => [name, cpuSeconds(pids())] as const);
  const before = new Map(now());
  return () => Object.fromEntries(now().map(([name, seconds]) => [name, seconds - (before.get(name) ?? 0)]));
}

/** How much memory a process has, and has had at most, in bytes; 0 when it has ended. */
export function residentBytes(pid: number): { readonly now: number; readonly most: number } {
  const status = readProc(`${pid}/status`) ?? "";
  const bytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s*(\\d+) kB`, "m").exec(status)?.[1] ?? 0) * 1024;
  return { now: bytes("VmRSS"), most: bytes("VmHWM") };
}

function secondsOf(pid: number): number {
  // The name of the program, in brackets, can hold blanks: fields are counted from behind it.
  const fields = readProc(`${pid}/stat`)?.split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS;
}

function readProc(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(`/proc/${path}`).trim();
  } catch (error) {
    // It has ended.
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
