/**
 * Where a value comes from that is not to stand in a spec.
 *
 * @module
 */

import { field, inCluster, onLaptop, withRules } from "./_schema.ts";
import { dataKey, matching, object, objectName, text } from "./_fields.ts";

const secretKeyRef = object({
  name: field(objectName("a Secret"), "Name of the Secret, in the namespace of the actor."),
  key: field(dataKey, "Its entry."),
}, "an object with name and key");

/** A source. One spec can say both where the value is on a laptop, and where in a cluster. */
export const secretSource = withRules(
  object({
    env: onLaptop(
      matching("^[A-Za-z_][A-Za-z0-9_]{0,127}$", {
        what: "the name of a variable: letters, digits and underscores",
        most: 128,
      }).optional(),
      "A variable of the environment of the host.",
    ),
    file: onLaptop(
      text("a path", { most: 4096, least: 1 }).refine((path) => !path.includes("\0"), {
        error: "has to be a path",
      }).optional(),
      "A file that the host can read; relative to the folder of the actor.yaml, or absolute.",
    ),
    secretKeyRef: inCluster(
      secretKeyRef.optional(),
      "An entry of a Secret. It is mounted into the pod of the host, never given to the actor's sandbox. Whoever may " +
        "create actors in a namespace can by this read its Secrets, as by creating pods.",
    ),
  }, "an object with env, file or secretKeyRef"),
  [
    {
      cel: "has(self.env) || has(self.file) || has(self.secretKeyRef)",
      holds: ({ env, file, secretKeyRef }) =>
        env !== undefined || file !== undefined || secretKeyRef !== undefined,
      message: "has to have either env or file, or in a cluster secretKeyRef",
    },
    {
      cel: "!(has(self.env) && has(self.file))",
      holds: ({ env, file }) => env === undefined || file === undefined,
      message: "has to have either env or file, not both",
    },
  ],
);
