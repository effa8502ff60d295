// tries: to write lines into the host's log that look as if the host or another actor had written them
// ends: returns: 1
import mesh from "troupe:actor/mesh@0.1.0";

const FORGED = '{"level":"error","message":"the host gives up","actor":"honest","id":"1"}';
export function handle(payload) {
  if (payload !== "1") return payload;
  mesh.log("info", `harmless\n${FORGED}\n`);
  mesh.log("warn", `\r\n${FORGED}\u2028${FORGED}\u0085${FORGED}`);
  mesh.log("error", `\u001b[2J\u001b[1;31m${FORGED}","actor":"honest`);
  return payload;
}
