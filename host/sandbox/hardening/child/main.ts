/**
 * What runs in a sandbox that is started to see what can be had: puts up the layers, says so, and waits for its end.
 *
 * @module
 */

import { harden } from "../harden.ts";

const bytes = new TextEncoder().encode(`${JSON.stringify(harden())}\n`);
for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
for await (const _chunk of Deno.stdin.readable);
