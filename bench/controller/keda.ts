/**
 * What KEDA says of its objects, said at once: that it has taken each. KEDA itself is not here, as what is measured is the
 * controller; but an actor is not ready before somebody says so, and a cluster has to take that write for each actor.
 *
 * @module
 */

import { Informer, type KubeClient, refOf } from "@troupe/controller/kube";

const STATUS = {
  status: { conditions: [{ type: "Ready", status: "True", reason: "ScaledObjectReady", message: "" }] },
};

/** Says of each ScaledObject that it is taken, as soon as there is one. */
export class QuickKeda {
  readonly #end = new AbortController();
  readonly #running: Promise<void>;
  readonly #saying = new Set<Promise<unknown>>();
  #last = 0;

  /** @param onProblem Told of what could not be said. */
  constructor(client: KubeClient, onProblem: (error: unknown) => void) {
    const informer = new Informer({
      client,
      kind: { apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject" },
      onChange: ({ type, object }) => {
        if (type !== "added") return;
        this.#last = performance.now();
        const said = client.merge(refOf(object), STATUS, { subresource: "status" }).catch(onProblem);
        this.#saying.add(said);
        void said.finally(() => this.#saying.delete(said));
      },
    });
    this.#running = informer.run(this.#end.signal);
  }

  /** When it heard of the last one, by `performance.now()`. */
  get last(): number {
    return this.#last;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await Promise.all([this.#running, ...this.#saying]);
  }
}
