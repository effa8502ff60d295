/**
 * What is used of `@kubernetes/client-node`: how a cluster is found and how a caller proves who it is (kubeconfig files,
 * certificates, tokens, login programs, a pod's own account), and its HTTP library. Nobody else imports it, so that nobody
 * can import it before its cure.
 *
 * Its typed calls are not used: they drop keys that they do not know (the CEL rules of a CRD, fields newer than the
 * client), and turn times into other types. {@link ./requests.ts} sends and gets the JSON as it is.
 *
 * @module
 */

// First: see there.
import "./_readable_streams.ts";

export {
  HttpMethod,
  IsomorphicFetchHttpLibrary,
  KubeConfig,
  RequestContext,
  type ResponseContext,
} from "@kubernetes/client-node";
