/**
 * A process that prepares one component: `prepare_process.ts FILE CACHE_DIR`. Prints the digest of what came of it.
 *
 * @module
 */

import { digestOf } from "../digest.ts";
import { prepareComponent } from "../prepare.ts";

const [path = "", cacheDir = ""] = Deno.args;
const { glue, modules } = await prepareComponent({ kind: "file", path }, { cacheDir, grants: { route: [] } });
const digests = await Promise.all([glue, ...modules.map(({ bytes }) => bytes)].map(digestOf));
console.log(digests.join(" "));
