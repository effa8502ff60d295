/**
 * Tests that share a control plane.
 *
 * @module
 */

import type { KubeClient } from "@troupe/controller/kube";
import type { ControlPlane } from "./control_plane.ts";

/** What a test is given. */
export interface ClusterTest {
  readonly control: ControlPlane;
  /** A client of an administrator. */
  readonly client: KubeClient;
  /** A fresh namespace of the test's own. */
  readonly namespace: string;
}

/**
 * Defines tests that share a control plane, each with a namespace of its own. When one fails, the logs of the control plane are
 * kept, and where they are is said.
 */
export function clusterTests(
  control: ControlPlane,
): (name: string, run: (test: ClusterTest) => Promise<void>) => void {
  return (name, run) => {
    Deno.test({
      name: `cluster: ${name}`,
      // The administrator's connections are all tests'.
      sanitizeResources: false,
      async fn() {
        const namespace = await control.makeNamespace();
        try {
          await run({ control, client: control.client, namespace });
        } catch (error) {
          console.error(`the logs of the control plane are in ${await control.keepLogs()}`);
          throw error;
        }
      },
    });
  };
}
