/**
 * What tests of the client share.
 *
 * @module
 */

import {
  Informer,
  type KubeClient,
  KubeError,
  type KubeErrorCode,
  type KubeObject,
} from "@troupe/controller/kube";
import { assertEquals, assertRejects } from "@std/assert";

/** The kind of {@linkcode configMap}. */
export const CONFIG_MAP = { apiVersion: "v1", kind: "ConfigMap" };

/** An object that nobody but the test cares about, with a label of its namespace. */
export function configMap(namespace: string, name: string, data: Record<string, string> = {}): KubeObject {
  return { ...CONFIG_MAP, metadata: { name, namespace, labels: { test: namespace } }, data };
}

/** A call that fails with a code. */
export async function refused(code: KubeErrorCode, run: () => Promise<unknown>): Promise<KubeError> {
  const error = await assertRejects(run, KubeError);
  assertEquals(error.code, code, error.message);
  return error;
}

/** Something that a test waits for, and fails if it does not come. */
export function coming<T>(what: string, patienceMs = 60_000) {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const timer = setTimeout(() => reject(new Error(`${what} did not come`)), patienceMs);
  return { promise: promise.finally(() => clearTimeout(timer)), resolve };
}

/** An informer of a namespace's {@linkcode configMap}s, and ways to wait for what it tells. */
export function followed(
  client: KubeClient,
  namespace: string,
  { idleMs = 2_000, relistMs = 600_000 }: { readonly idleMs?: number; readonly relistMs?: number } = {},
) {
  const changes: string[] = [];
  const problems: KubeError[] = [];
  const waiting = new Set<() => void>();
  const told = () => waiting.forEach((check) => check());
  const informer = new Informer({
    client,
    kind: CONFIG_MAP,
    namespace,
    labelSelector: `test=${namespace}`,
    idleMs,
    relistMs,
    onChange({ type, object }) {
      changes.push(`${type} ${object.metadata.name}`);
      told();
    },
    onProblem(error) {
      problems.push(error);
      told();
    },
  });
  const end = new AbortController();
  const running = informer.run(end.signal);
  const when = async (what: string, holds: () => boolean) => {
    const { promise, resolve } = coming<void>(what);
    const check = () => {
      if (holds()) resolve();
    };
    waiting.add(check);
    check();
    await promise;
    waiting.delete(check);
  };
  return {
    informer,
    changes,
    problems,
    /** Resolves when it was told of a change. */
    change: (text: string) => when(text, () => changes.includes(text)),
    /** Resolves when it has had a problem with this code. */
    problem: (code: KubeErrorCode) => when(code, () => problems.some((error) => error.code === code)),
    async [Symbol.asyncDispose]() {
      end.abort();
      await running;
    },
  };
}
