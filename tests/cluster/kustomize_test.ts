// The base for kustomize, and an overlay of it: as kubectl builds them they are what is installed with their settings, and a
// real API server takes them. Skipped where there is no kubectl.

import { assertEquals } from "@std/assert";
import { installation, SETTINGS_FILE } from "@troupe/controller/install";
import type { KubeObject } from "@troupe/controller/kube";
import { parseSettings } from "@troupe/controller/settings";
import { fromFileUrl, join } from "@std/path";
import { parseAllDocuments } from "yaml";
import { lacksControlPlane } from "./binary.ts";
import { clusterTests } from "./cluster_tests.ts";
import { ControlPlane } from "./control_plane.ts";
import { conditionOf, until } from "./until.ts";

const MANIFESTS = fromFileUrl(new URL("../../controller/manifests", import.meta.url));
/** What kustomize puts behind the names of ConfigMaps that it makes. */
const GENERATED = /(troupe-controller|troupe-crew-default)-[a-z0-9]{10}$/;

if (!await lacksKubectl() && !await lacksControlPlane()) {
  const control = await ControlPlane.start();
  Deno.test.afterAll(() => control.stop());
  const test = clusterTests(control);

  for (const folder of ["base", "example"]) {
    test(`what kustomize makes of ${folder} is what its settings come to, and is taken`, async ({ client }) => {
      const path = join(MANIFESTS, folder);
      const built = await kustomize(path);
      const settings = parseSettings(await Deno.readTextFile(join(path, SETTINGS_FILE)), {
        file: SETTINGS_FILE,
      });
      const wanted = installation(settings) as unknown as KubeObject[];
      assertEquals(comparable(built), comparable(wanted));

      await kubectl("--kubeconfig", control.admin, "apply", "--server-side", "-k", path);
      const again = await kubectl("--kubeconfig", control.admin, "diff", "--server-side", "-k", path);
      assertEquals(again, "");
      const controller = { apiVersion: "apps/v1", kind: "Deployment", name: "troupe-controller" };
      await until(
        client,
        { ...controller, namespace: "troupe-system" },
        (object) => conditionOf(object, "Available")?.status === "True",
      );
    });
  }
}

async function lacksKubectl(): Promise<boolean> {
  try {
    await kustomize(join(MANIFESTS, "base"));
    return false;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.error("skipped: kubectl is not on this machine");
    return true;
  }
}

async function kustomize(folder: string): Promise<KubeObject[]> {
  return parseAllDocuments(await kubectl("kustomize", folder)).map((each) => each.toJS() as KubeObject);
}

/** Runs a command. @returns What it prints. @throws {Error} with what it says when it fails, or when `diff` finds something */
async function kubectl(...args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("kubectl", { args: [...args] }).output();
  const [printed, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!success) throw new Error(`${said}${printed}`);
  return printed ?? "";
}

/**
 * Objects by kind and name, without what differs: the names of ConfigMaps and their labels, what is in settings that is not
 * said, and the hashes by which pods are made anew, in whose place those names are.
 */
function comparable(objects: readonly KubeObject[]): Record<string, unknown> {
  return Object.fromEntries(
    objects.map((object): [string, unknown] => {
      const text = JSON.stringify(
        object,
        (key, value) => key === "troupe.dev/settings-hash" ? undefined : value,
      );
      const plain = JSON.parse(
        text,
        (_key, value) => typeof value === "string" ? value.replace(GENERATED, "$1") : value,
      );
      const key = `${plain.kind} ${plain.metadata.name}`;
      if (plain.kind !== "ConfigMap") return [key, plain];
      const { [SETTINGS_FILE]: settings, ...others } = plain.data;
      const read = settings === undefined
        ? {}
        : { settings: parseSettings(settings, { file: SETTINGS_FILE }) };
      return [key, { ...others, ...read }];
    }).sort(([a], [b]) => a < b ? -1 : 1),
  );
}
