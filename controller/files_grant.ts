/**
 * `spec.grants.files` of an `actor.yaml`: folders that an actor can read.
 *
 * @module
 */

import { field, inCluster, onLaptop, withRules } from "./_schema.ts";
import { list, object, objectName, text } from "./_fields.ts";

const A_MOUNT = "an absolute path of plain names, such as /data";
const MOUNT = "^(/[A-Za-z0-9._-]+)+$";

const path = withRules(text(A_MOUNT, { most: 1024 }), [{
  cel: `self.matches(r'${MOUNT}') && !self.matches(r'/[.]{1,2}(/|$)')`,
  holds: (path) => new RegExp(MOUNT).test(path) && !/\/\.{1,2}(\/|$)/.test(path),
  message: `has to be ${A_MOUNT}`,
}]);

/** One folder. */
export const mount = withRules(
  object({
    path: field(path, "Where the actor finds it."),
    from: onLaptop(
      text("a path", { most: 4096, least: 1 }).optional(),
      "A folder, relative to that of the actor.yaml, or absolute.",
    ),
    configMap: inCluster(
      objectName("a ConfigMap").optional(),
      "Name of a ConfigMap, in the namespace of the actor; each of its entries is a file.",
    ),
    secret: inCluster(
      objectName("a Secret").optional(),
      "Name of a Secret, in the namespace of the actor; each of its entries is a file.",
    ),
    persistentVolumeClaim: inCluster(
      objectName("a PersistentVolumeClaim").optional(),
      "Name of a PersistentVolumeClaim, in the namespace of the actor. It is mounted to be read only.",
    ),
  }, "an object with path and from"),
  [
    {
      cel: "has(self.from) || has(self.configMap) || has(self.secret) || has(self.persistentVolumeClaim)",
      holds: (mount) => mount.from !== undefined || sourcesIn(mount) > 0,
      message: "needs from, or in a cluster one of configMap, secret and persistentVolumeClaim",
    },
    {
      cel: "[has(self.configMap), has(self.secret), has(self.persistentVolumeClaim)]" +
        ".filter(given, given).size() <= 1",
      holds: (mount) => sourcesIn(mount) <= 1,
      message: "has to have one of configMap, secret and persistentVolumeClaim, not several",
    },
  ],
);

/** How many sources of a cluster a folder has. */
export function sourcesIn(
  { configMap, secret, persistentVolumeClaim }: Readonly<Record<string, unknown>>,
): number {
  return [configMap, secret, persistentVolumeClaim].filter((given) => given !== undefined).length;
}

/** The field. */
export const files = withRules(
  list(mount, { what: "a list, such as [{ from: ./words, path: /words }]", most: 32 }),
  [{
    cel: "self.all(one, self.exists_one(other, other.path == one.path))",
    holds: (mounts) => new Set(mounts.map(({ path }) => path)).size === mounts.length,
    message: "has the same path twice",
  }],
);
