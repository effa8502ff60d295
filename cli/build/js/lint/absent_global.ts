/**
 * A rule: what is not part of an actor's surroundings is not used.
 *
 * @module
 */

import { whyAbsent } from "@troupe/sdk/runtime/absent";
import { roleOf } from "./identifier_role.ts";

/**
 * Reports names that are known to be absent, unless the file declares them, or asks with `typeof` whether they are there.
 * What it does not see is told when it happens.
 */
export const absentGlobal: Deno.lint.Rule = {
  create(context) {
    /** By place: of a shorthand property, key and value are two nodes in one. */
    const used = new Map<number, Deno.lint.Identifier>();
    const excused = new Set<string>();
    return {
      Identifier(node) {
        if (whyAbsent(node.name) === undefined) return;
        const role = roleOf(node);
        if (role === "reference") used.set(node.range[0], node);
        else if (role !== "other") excused.add(node.name);
      },
      "Program:exit"() {
        for (const node of used.values()) {
          if (excused.has(node.name)) continue;
          context.report({ node, message: `there is no ${node.name}: ${whyAbsent(node.name)}` });
        }
      },
    };
  },
};
