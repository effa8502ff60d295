/**
 * One mesh at a time on one state.
 *
 * @module
 */

import { TroupeError } from "@troupe/host/errors";

/** Another process runs a mesh on this state. */
export class MeshRunningError extends TroupeError {
  constructor(folder: string, pid: string) {
    super(
      "troupe.MeshRunning",
      "user",
      `A mesh is running already${pid && ` (process ${pid})`} with its state in ${folder}: ` +
        `end that one first, or name another folder with --data`,
    );
  }
}

/**
 * Takes a lock. It is the kernel's, so it goes with the process, however that ends.
 *
 * @param file The file that stands for it; made if it does not exist.
 * @param options `folder`: whose state it is, for the error.
 * @throws {MeshRunningError} when another process has it.
 */
export async function takeLock(file: string, { folder }: { readonly folder: string }): Promise<Disposable> {
  const lock = await Deno.open(file, { create: true, read: true, write: true });
  if (!await lock.tryLock(true)) {
    lock.close();
    throw new MeshRunningError(folder, (await Deno.readTextFile(file)).trim());
  }
  await lock.truncate();
  await lock.write(new TextEncoder().encode(`${Deno.pid}\n`));
  return { [Symbol.dispose]: () => lock.close() };
}
