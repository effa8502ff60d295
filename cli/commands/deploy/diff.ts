/**
 * `troupe deploy --diff`: what would change.
 *
 * @module
 */

import type { KubeObject } from "@troupe/controller/kube";
import { countOf } from "../../view/quantity.ts";
import { stylesFor } from "../../view/styles.ts";
import { EXIT } from "../exit_code.ts";
import type { ObjectChange } from "./changes.ts";
import { differenceLine } from "./difference.ts";
import type { Teller } from "./tell.ts";
import { nameOf } from "./wanted.ts";

/** Prints what would change on standard output. @param pruned What would be removed. @returns the exit code */
export function printDiff(
  changes: readonly ObjectChange[],
  pruned: readonly KubeObject[],
  teller: Teller,
): number {
  const styles = stylesFor(Deno.stdout);
  const print = (text: string) => teller.json ? undefined : console.log(text);
  const wanted = changes.filter(({ kind }) => kind !== "none");
  for (const { object, kind, differences } of wanted) {
    const text = nameOf(object);
    print(kind === "create" ? styles.good(`+ ${text}`) : styles.warn(`~ ${text}`));
    for (const each of differences) print(`    ${differenceLine(each, styles)}`);
    teller.data({
      type: "change",
      change: kind,
      object: text,
      differences: { json: JSON.stringify(differences) },
    });
  }
  for (const object of pruned) {
    print(styles.bad(`- ${nameOf(object)}`));
    teller.data({ type: "change", change: "delete", object: nameOf(object) });
  }
  const count = wanted.length + pruned.length;
  teller.note(count === 0 ? "nothing would change" : `${countOf(count, "object")} would change`);
  return count === 0 ? EXIT.ok : EXIT.differs;
}
