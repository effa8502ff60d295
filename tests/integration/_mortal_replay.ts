// A replay that dies, with SIGKILL, at a moment that is asked for: `before` its envelope is published, when it has its
// number, or `after` that, before that is noted. Arguments: the mesh's state, the letter's id, the moment.

import type { Transport } from "@troupe/host/transport";
import { letterToReplay } from "../../cli/commands/dlq/filter.ts";
import { Replayer } from "../../cli/commands/dlq/replayer.ts";
import { Sender } from "../../cli/commands/send/sender.ts";
import { MeshFolder } from "../../cli/mesh/folder.ts";
import { Output } from "../../cli/view/output.ts";

const [data = "", id = "", moment] = Deno.args;
const folder = new MeshFolder(data);
const { letters } = await folder.openStore();
const real = await folder.openTransport();
const transport: Transport = Object.create(real, {
  publish: {
    async value(messages: Parameters<Transport["publish"]>[0]) {
      if (moment === "after") await real.publish(messages);
      Deno.kill(Deno.pid, "SIGKILL");
      return await new Promise(() => {});
    },
  },
});
const sender = await Sender.make(real, undefined);
const replayer = new Replayer({
  letters,
  transport,
  sender,
  out: new Output(),
  edit: {},
  again: false,
  json: false,
});
await replayer.replay([await letterToReplay(letters, id)]);
