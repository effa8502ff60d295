/**
 * The cluster, as the controller and the deployer see it.
 *
 * @module
 */

export {
  type ApplyOptions,
  type CallOptions,
  type DeleteOptions,
  KubeClient,
  type Selection,
  type WriteOptions,
} from "./client.ts";
export {
  isKubeError,
  type KubeCause,
  KubeError,
  type KubeErrorCode,
  type KubeErrorDetails,
} from "./errors.ts";
export { EventRecorder, type EventText } from "./events.ts";
export { type Change, Informer, type InformerOptions } from "./informer.ts";
export { pathOf, type Place, type Resource } from "./kinds.ts";
export { KeptKubeConfig, type KubeConfigOptions, loadKubeConfig, namespaceOf } from "./kube_config.ts";
export { type LeaseOptions, whileLeading } from "./lease.ts";
export {
  type Kind,
  KubeListSchema,
  type KubeObject,
  KubeObjectSchema,
  type ObjectRef,
  refOf,
} from "./object.ts";
export { DEFAULT_LIMIT_MS, type RequestOptions, Requests } from "./requests.ts";
export { DEFAULT_IDLE_MS, type WatchEvent, watchEvents, type WatchOptions } from "./watch.ts";
