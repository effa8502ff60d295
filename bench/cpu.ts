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
