/**
 * A rule that finds no fault: it tells what a component has to be built with, one word per place.
 *
 * @module
 */

import { ON_DEMAND } from "@troupe/sdk/runtime/absent";
import { roleOf } from "./identifier_role.ts";

/** Formats of zod that go by `URL`: without it they would take everything for wrong. */
const ZOD_FORMATS: ReadonlySet<string> = new Set(["url", "httpUrl", "ipv6", "cidrv6"]);

const NAMED = new Map(
  Object.entries(ON_DEMAND).flatMap(([need, names]) => names.split(" ").map((name) => [name, need] as const)),
);

/** Reports what is asynchronous, and names that are there on demand, unless the file declares them. */
export const need: Deno.lint.Rule = {
  create(context) {
    const used = new Map<string, Deno.lint.Node>();
    const declared = new Set<string>();
    let zod = false;
    let format: Deno.lint.Node | undefined;
    const asynchronous = (node: Deno.lint.Node & { async: boolean }) => {
      if (node.async) used.set("async", node);
    };
    return {
      FunctionDeclaration: asynchronous,
      FunctionExpression: asynchronous,
      ArrowFunctionExpression: asynchronous,
      ImportDeclaration({ source }) {
        zod ||= /^(npm:\/?)?zod(@[^/]*)?(\/|$)/.test(source.value);
      },
      MemberExpression({ property }) {
        if (property.type === "Identifier" && ZOD_FORMATS.has(property.name)) format = property;
      },
      Identifier(node) {
        if (!NAMED.has(node.name)) return;
        const role = roleOf(node);
        if (role === "reference" || role === "guard") used.set(node.name, node);
        else if (role === "declaration") declared.add(node.name);
      },
      "Program:exit"() {
        if (zod && format) context.report({ node: format, message: "url" });
        for (const [name, node] of used) {
          if (!declared.has(name)) context.report({ node, message: NAMED.get(name) ?? "promises" });
        }
      },
    };
  },
};
