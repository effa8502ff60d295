// A member of the crew that dies, with SIGKILL, at a moment that is asked for, of the first delivery from which something
// follows: `frozen`, when that is in the store; `published`, when it is in its queue as well and the delivery is not
// acknowledged; `acked`, before it is noted as sent. Arguments: the member, the transport's address, the store's file, the
// moment.

import { type CrewName, runCrewMember } from "@troupe/host/crew/run";
import { openSqliteStore } from "@troupe/host/crew/sqlite_store";
import { createLogger } from "@troupe/host/observe/logs";
import { openTransport } from "@troupe/host/transport/open";
import { changeDeliveries } from "../../host/_testing.ts";

const [name, address = "", path = "", moment] = Deno.args;
const real = await openTransport(address);
const store = await openSqliteStore({ path });

function die(): Promise<never> {
  Deno.kill(Deno.pid, "SIGKILL");
  return new Promise(() => {});
}

const transport = changeDeliveries(real, (delivery) => ({
  queue: delivery.queue,
  body: delivery.body,
  deliveries: delivery.deliveries,
  messageId: delivery.messageId,
  release: (options) => delivery.release(options),
  async settle(messages) {
    if (messages.length === 0) return await delivery.settle(messages);
    if (moment === "published") await real.publish(messages);
    if (moment === "acked") await delivery.settle(messages);
    return await die();
  },
}));
runCrewMember(name as CrewName, {
  transport,
  store,
  logger: createLogger({ format: "json", level: "error" }),
});
