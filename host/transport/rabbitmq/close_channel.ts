/**
 * The end of a channel.
 *
 * @module
 */

import type { Channel } from "amqplib";

/**
 * Closes a channel; resolves when it is closed, however that came. When its connection is closed at the same time, the
 * broker's answer never comes, and the client's own promise stays pending for ever: but the channel says that it is gone.
 */
export function closeChannel(channel: Channel): Promise<void> {
  return new Promise((resolve) => {
    channel.once("close", () => resolve());
    // It fails when the channel is gone already.
    channel.close().then(resolve, () => resolve());
  });
}
