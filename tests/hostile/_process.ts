/**
 * What the kernel says of a process.
 *
 * @module
 */

/** Whether a process is there. */
export function isRunning(pid: number): boolean {
  const status = read(pid, "status");
  return status !== undefined && !/^State:\s+[ZX]/m.test(status);
}

/** Bytes that it has resident; 0 when it has ended. */
export function residentBytes(pid: number): number {
  return statusBytes(pid, /^VmRSS:\s+(\d+) kB$/m);
}

/** Most bytes that it ever had resident. */
export function peakBytes(pid: number): number {
  return statusBytes(pid, /^VmHWM:\s+(\d+) kB$/m);
}

function statusBytes(pid: number, field: RegExp): number {
  return 1024 * Number(field.exec(read(pid, "status") ?? "")?.[1] ?? 0);
}

/** Processor time that it has used with all of its threads, in hundredths of a second; the last known when it has ended. */
function usedTicks(pid: number): number {
  // The name, in parentheses, may have spaces in it.
  const fields = read(pid, "stat")?.replace(/^.*\) /, "").split(" ") ?? [];
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
}

/** A process that goes on using the processor. */
export class StillBusyError extends Error {
  override readonly name = "StillBusyError";
}

/** How long a process is watched at once, and how long it may go on at most, in milliseconds. */
const WATCH_MS = 100;
const GUARD_MS = 30_000;

/**
 * Resolves when processes leave the processor alone, or have ended. How soon is not asked; that they do, is.
 *
 * @throws {StillBusyError} when they do not.
 */
export async function untilIdle(pids: () => Promise<readonly number[]>): Promise<void> {
  const guard = performance.now() + GUARD_MS;
  while (performance.now() < guard) {
    const watched = await pids();
    const before = watched.map(usedTicks);
    await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
    const used = watched.map((pid, n) => isRunning(pid) ? usedTicks(pid) - (before[n] ?? 0) : 0);
    // One is the clock's own grain, and what a timer costs.
    if (used.every((ticks) => ticks <= 1)) return;
  }
  throw new StillBusyError(`still busy: ${await pids()}`);
}

/** The processes that a process has started, and that are there. */
export function childrenOf(pid: number): number[] {
  const threads = [...Deno.readDirSync(`/proc/${pid}/task`)].map(({ name }) => name);
  return threads.flatMap((thread) => (read(pid, `task/${thread}/children`) ?? "").split(" ").filter(Boolean))
    .map(Number).filter(isRunning);
}

function read(pid: number, file: string): string | undefined {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/${file}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || (error as { code?: string }).code === "ESRCH") {
      return undefined;
    }
    throw error;
  }
}
