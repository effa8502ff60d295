/**
 * Objects as YAML.
 *
 * @module
 */

import { stringify } from "yaml";

/** Objects as one file of YAML. */
export function yamlOf(objects: readonly unknown[]): string {
  return objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join(
    "---\n",
  );
}
