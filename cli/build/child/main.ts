/**
 * The process that makes a component: `main.ts WIT_FOLDER SCRIPT OUTPUT`.
 *
 * @module
 */

import { componentize } from "componentize-qjs";

const [witPath = "", script = "", output = ""] = Deno.args;
const { component } = await componentize({
  witPath,
  world: "js-actor",
  jsSource: await Deno.readTextFile(script),
  sync: true,
  optSize: true,
});
await Deno.writeFile(output, component);
