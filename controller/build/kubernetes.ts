/**
 * Types of the parts of Kubernetes' objects, and nothing that is loaded.
 *
 * @module
 */

export type {
  V1Container,
  V1DeploymentSpec,
  V1EnvVar,
  V1LabelSelector,
  V1NetworkPolicyPeer,
  V1NetworkPolicyPort,
  V1PodDisruptionBudgetSpec,
  V1PodSpec,
  V1PodTemplateSpec,
  V1Probe,
  V1ResourceRequirements,
  V1SecurityContext,
  V1StatefulSetSpec,
  V1Volume,
  V1VolumeMount,
  V1VolumeProjection,
  V2HorizontalPodAutoscalerBehavior,
} from "@kubernetes/client-node";
