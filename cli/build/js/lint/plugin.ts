/**
 * The rules for authors' modules, as `deno lint` takes them. It parses the modules and runs nothing of them.
 *
 * @module
 */

import { absentGlobal } from "./absent_global.ts";
import { need } from "./need.ts";

/** The rules. */
const plugin: Deno.lint.Plugin = {
  name: "troupe",
  rules: { "absent-global": absentGlobal, need },
};

export default plugin;
