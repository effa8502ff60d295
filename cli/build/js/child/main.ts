/**
 * The process that makes a component: `main.ts WIT_FOLDER WORLD SCRIPT OUTPUT MILLISECONDS`. The last line that it prints
 * is a JSON object: `problem` is what the tool said when it could not, `late` that the time ran out.
 *
 * @module
 */

import { componentize } from "componentize-qjs";

const [witPath = "", world = "", script = "", output = "", milliseconds = ""] = Deno.args;

// The tool works in another thread, so that this one can end the process.
const timer = setTimeout(() => end({ late: true }), Number(milliseconds));
try {
  const jsSource = await Deno.readTextFile(script);
  const { component } = await componentize({ witPath, world, jsSource, sync: true, optSize: true });
  await Deno.writeFile(output, component);
  end({});
} catch (error) {
  end({ problem: error instanceof Error ? error.message : String(error) });
} finally {
  clearTimeout(timer);
}

function end(answer: { readonly problem?: string; readonly late?: boolean }): void {
  console.log(JSON.stringify(answer));
  Deno.exit();
}
