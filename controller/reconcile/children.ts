/**
 * What was made for actors, kept as it is to be.
 *
 * @module
 */

import { type BuiltObject, FIELD_MANAGER, OWNED_KINDS } from "../build/mod.ts";
import {
  type Change,
  isKubeError,
  type KubeClient,
  type KubeError,
  type KubeObject,
  refOf,
} from "../kube/mod.ts";
import { Known } from "./known.ts";
import { AppliedMemory, marked } from "./owned_fields.ts";
import { NameTakenError, NotKnownError } from "./errors.ts";
import { type ReplicaRules, replicasFor, specReplicas, withReplicas } from "./replicas.ts";

/** The label by which everything that is made for actors is found. */
export const MANAGED = `app.kubernetes.io/managed-by=${FIELD_MANAGER}`;

/** A write, as metrics count it. */
export type Write = "apply" | "delete" | "status" | "finalizer";

/** What it is made with. */
export interface ChildrenOptions {
  readonly client: KubeClient;
  /** Told of each change. */
  readonly onChange: (change: Change) => void;
  /** Told when a kind cannot be listed or watched. */
  readonly onProblem: (kind: string, error: KubeError, waitMs: number) => void;
  /** Told of each write. */
  readonly onWrite: (write: Write, kind: string) => void;
}

/** What was made for actors: found by its label, compared with what is to be, and written only where it differs. */
export class Children {
  readonly #options: ChildrenOptions;
  readonly #kinds: ReadonlyMap<string, Known>;
  readonly #memory = new AppliedMemory();

  constructor(options: ChildrenOptions) {
    this.#options = options;
    const { client, onProblem } = options;
    const onChange = (change: Change) => {
      if (change.type === "deleted") this.#memory.forget(change.object.metadata.uid);
      options.onChange(change);
    };
    this.#kinds = new Map(OWNED_KINDS.map((kind) => [
      kind.kind,
      new Known({
        client,
        kind,
        labelSelector: MANAGED,
        group: (object) => ownerOf(object)?.uid,
        onChange,
        onProblem: (kind, error, waitMs) => onProblem(kind.kind, error, waitMs),
      }),
    ]));
  }

  /** Resolves when it is known of each kind which objects there are, or why that cannot be known. */
  async settled(): Promise<void> {
    await Promise.all([...this.#kinds.values()].map(({ settled }) => settled));
  }

  /** Calls back when a kind becomes known that was not at first. */
  whenKnown(run: () => void): void {
    for (const known of this.#kinds.values()) {
      known.settled.then(() => known.problem && known.synced.then(run));
    }
  }

  /** Keeps up until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([...this.#kinds.values()].map((known) => known.run(signal)));
  }

  /** Why the objects of a kind are not known; nothing when they are. */
  problem(kind: BuiltObject["kind"]): KubeError | undefined {
    return this.#of(kind).problem;
  }

  /** An object that was made, as it is now. */
  get({ kind, metadata: { name, namespace } }: BuiltObject): KubeObject | undefined {
    return this.#of(kind).get(name, namespace);
  }

  /**
   * Has an object be as it is to be. Nothing is written when it is so already.
   *
   * @param options `replicas`: what the number of a Deployment's replicas follows from.
   * @throws {NameTakenError} when there is one of its name that is not the actor's.
   * @throws {NotKnownError} when objects of the kind cannot be listed.
   */
  async apply(
    object: BuiltObject,
    { signal, replicas }: { readonly signal: AbortSignal; readonly replicas?: ReplicaRules | undefined },
  ): Promise<void> {
    const known = this.#of(object.kind);
    if (known.problem) throw new NotKnownError(object.kind, known.problem);
    const wanted = marked(toKubeObject(object));
    const heard = this.get(object);
    const matches = heard && owns(object, heard) && this.#memory.matches(wanted, heard);
    if (matches && (!replicas || specReplicas(heard) === replicasFor(heard, replicas))) return;
    const applied = await this.#write(object, { wanted, heard, replicas, signal });
    this.#options.onWrite("apply", object.kind);
    this.#memory.remember(wanted, applied);
    known.wrote(applied);
  }

  /** Writes over what was heard of; what is there is looked at only when it is something else. */
  async #write(
    object: BuiltObject,
    { wanted, heard, replicas, signal }: {
      readonly wanted: KubeObject;
      readonly heard: KubeObject | undefined;
      readonly replicas: ReplicaRules | undefined;
      readonly signal: AbortSignal;
    },
  ): Promise<KubeObject> {
    const { client } = this.#options;
    const writeOver = (there: KubeObject | undefined) => {
      if (there && !owns(object, there)) throw new NameTakenError(object);
      const { resourceVersion } = there?.metadata ?? {};
      const counted = replicas
        ? withReplicas(wanted, { there, replicas: replicasFor(there, replicas) })
        : wanted;
      return client.apply(counted, {
        fieldManager: FIELD_MANAGER,
        force: true,
        over: resourceVersion === undefined ? "nothing" : { resourceVersion },
        signal,
      });
    };
    try {
      return await writeOver(heard);
    } catch (error) {
      if (!isKubeError(error, "troupe.KubeConflict")) throw error;
      // It has changed since it was heard of, or is gone; and one without the label was not heard of.
      return await writeOver(await client.find(refOf(wanted), { signal }));
    }
  }

  /** Deletes what an actor owns and does not want any more, of some kinds. @returns How much there was. */
  async prune(
    owner: { readonly uid: string; readonly namespace: string },
    { kinds, wanted }: { readonly kinds: readonly string[]; readonly wanted: readonly BuiltObject[] },
    signal: AbortSignal,
  ): Promise<number> {
    let found = 0;
    for (const kind of kinds) {
      for (const object of this.#of(kind).of(owner.uid)) {
        const { name, namespace, uid, deletionTimestamp } = object.metadata;
        if (namespace !== owner.namespace) continue;
        if (wanted.some((each) => each.kind === kind && each.metadata.name === name)) continue;
        found++;
        if (deletionTimestamp !== undefined) continue;
        try {
          await this.#options.client.delete(refOf(object), { uid, signal });
          this.#options.onWrite("delete", kind);
        } catch (error) {
          // Another one has its name by now.
          if (!isKubeError(error, "troupe.KubeConflict")) throw error;
        }
      }
    }
    return found;
  }

  #of(kind: string): Known {
    const known = this.#kinds.get(kind);
    if (!known) throw new TypeError(`${kind} is none of the kinds that are made for actors`);
    return known;
  }
}

/** The Actor that owns an object. */
export function ownerOf(
  { metadata }: KubeObject,
): { readonly name: string; readonly uid: string } | undefined {
  return metadata.ownerReferences?.find(({ kind, controller }) => kind === "Actor" && controller === true);
}

function owns(object: BuiltObject, there: KubeObject): boolean {
  const uid = object.metadata.ownerReferences[0]?.uid;
  return there.metadata.ownerReferences?.some((owner) => owner.uid === uid) ?? false;
}

/** Objects that are built have all that objects of a cluster have. */
function toKubeObject(object: BuiltObject): KubeObject {
  return object as unknown as KubeObject;
}
