/**
 * `spec.component` of an `actor.yaml`: where the component is.
 *
 * @module
 */

import { DIGEST_PATTERN, MOST_REFERENCE, NAME_PATTERN, TAG_PATTERN } from "@troupe/host/oci/reference";
import { field, inCluster, onLaptop, withRules } from "./_schema.ts";
import { dataKey, matching, object, objectName, text } from "./_fields.ts";

/** A reference that leads to the same bytes for ever; a tag may stand in it for people. */
const REFERENCE = `^${NAME_PATTERN}(:${TAG_PATTERN})?@${DIGEST_PATTERN}$`;

const AN_HTTPS_URL = "an https URL without credentials";

const configMap = object({
  name: field(objectName("a ConfigMap"), "Name of the ConfigMap, in the namespace of the actor."),
  key: field(
    dataKey.default("component.wasm"),
    "Its entry, under binaryData. One whose name ends in .gz is compressed with gzip: a ConfigMap holds 1 MiB at most.",
  ),
}, "an object with a name");

const shape = object({
  file: onLaptop(
    text("a path relative to the folder of the actor.yaml", { most: 4096 }).refine(
      (path) => path !== "" && !/^([/\\]|[A-Za-z]:)/.test(path) && !path.includes("\0"),
      { error: "has to be a path relative to the folder of the actor.yaml" },
    ).optional(),
    "Path of the component, relative to the folder of the actor.yaml. A cluster has no such folder: there it is refused. " +
      "troupe deploy puts what it names where the cluster finds it.",
  ),
  oci: field(
    matching(REFERENCE, {
      what:
        "an OCI reference with a digest, such as registry.example.com/shop/split@sha256:… (64 hex digits), " +
        "as troupe push prints it",
      most: MOST_REFERENCE,
    }).optional(),
    "The component as an artifact in an OCI registry, by its digest: REGISTRY/REPOSITORY@sha256:DIGEST.",
  ),
  pullSecret: inCluster(
    objectName("a Secret").optional(),
    "Name of a Secret of type kubernetes.io/dockerconfigjson, in the namespace of the actor, with which the host signs in " +
      "to the registry. Without it, it comes as nobody.",
  ),
  url: field(
    matching("^https://[^/?#@\\s]+([/?#][^\\s]*)?$", { what: AN_HTTPS_URL, most: 2048 }).refine(isHttps, {
      error: `has to be ${AN_HTTPS_URL}`,
    }).optional(),
    "An https URL from which the host fetches the component. It needs sha256 beside it.",
  ),
  configMap: inCluster(
    configMap.optional(),
    "A ConfigMap that holds the component, for small ones, where there is no registry. It needs sha256 beside it.",
  ),
  sha256: field(
    matching("^[0-9a-f]{64}$", { what: "a SHA-256: 64 lower-case hex digits", most: 64 }).optional(),
    "SHA-256 of the component, in hex: nothing else is run. With oci it stands in the reference.",
  ),
}, "an object with oci, url and sha256, configMap and sha256, or file");

/** The field. */
export const component = withRules(shape, [
  {
    cel:
      "[has(self.oci), has(self.url), has(self.configMap), has(self.file)].filter(given, given).size() == 1",
    holds: ({ oci, url, configMap, file }) =>
      [oci, url, configMap, file].filter((given) => given !== undefined).length === 1,
    message: "has to have one of oci, url, configMap and file",
  },
  {
    cel: "!(has(self.url) || has(self.configMap)) || has(self.sha256)",
    holds: ({ url, configMap, sha256 }) =>
      (url === undefined && configMap === undefined) || sha256 !== undefined,
    message: "needs sha256 with url and configMap: the component's SHA-256 in hex",
  },
  {
    cel: "!(has(self.oci) && has(self.sha256))",
    holds: ({ oci, sha256 }) => oci === undefined || sha256 === undefined,
    message: "has oci and sha256: the digest stands in the reference; remove sha256",
  },
  {
    cel: "!has(self.pullSecret) || has(self.oci)",
    holds: ({ oci, pullSecret }) => pullSecret === undefined || oci !== undefined,
    message: "has a pullSecret, which belongs to oci: remove it",
  },
]);

function isHttps(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && url.protocol === "https:" && url.username === "" && url.password === "";
}
