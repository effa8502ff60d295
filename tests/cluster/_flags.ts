/**
 * How each part of a control plane is started: with the least that it needs, and all of it on loopback.
 *
 * @module
 */

import { join } from "@std/path";
import { AGGREGATOR } from "./_credentials.ts";

/** Where a control plane is. */
export interface Site {
  /** Folder with all its files. */
  readonly folder: string;
  readonly ports: {
    readonly etcd: number;
    readonly peer: number;
    readonly api: number;
    readonly kwok: number;
  };
}

/** Names of the parts, as the binary knows them. */
export type Part = "etcd" | "apiserver" | "controller-manager" | "scheduler" | "kwok";

/** The controllers that Deployments, owners, namespaces and accounts need. */
const CONTROLLERS = [
  "deployment-controller",
  "replicaset-controller",
  "garbage-collector-controller",
  "namespace-controller",
  "serviceaccount-controller",
  "disruption-controller",
  "horizontal-pod-autoscaler-controller",
];

/** Where the API server writes down each request that is not of a part. */
export const AUDIT_LOG = "audit.log";
/** Who the parts are, for the API server. */
export const PARTS_USER = "troupe-test-parts";

/** All requests, but not those of the parts themselves. */
export const AUDIT_POLICY = JSON.stringify({
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived", "ResponseStarted"],
  rules: [{ level: "None", users: [PARTS_USER, "system:apiserver"] }, { level: "Metadata" }],
});

/** The flags of a part. */
export function flagsOf(part: Part, { folder, ports }: Site): string[] {
  const at = (name: string) => join(folder, name);
  const etcd = `http://127.0.0.1:${ports.etcd}`;
  const peer = `http://127.0.0.1:${ports.peer}`;
  const kubeconfig = `--kubeconfig=${at("parts.kubeconfig")}`;
  switch (part) {
    case "etcd":
      return [
        `--data-dir=${at("etcd")}`,
        `--listen-client-urls=${etcd}`,
        `--advertise-client-urls=${etcd}`,
        `--listen-peer-urls=${peer}`,
        `--initial-advertise-peer-urls=${peer}`,
        `--initial-cluster=default=${peer}`,
        "--log-level=warn",
        // It outlives each test, and no machine is switched off in one.
        "--unsafe-no-fsync",
      ];
    case "apiserver":
      return [
        `--etcd-servers=${etcd}`,
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        `--secure-port=${ports.api}`,
        "--endpoint-reconciler-type=none",
        "--authorization-mode=RBAC",
        "--service-cluster-ip-range=10.0.0.0/24",
        "--service-account-issuer=https://troupe.test",
        `--service-account-signing-key-file=${at("accounts.key")}`,
        `--service-account-key-file=${at("accounts.pub")}`,
        `--tls-cert-file=${at("server.pem")}`,
        `--tls-private-key-file=${at("server.key")}`,
        `--client-ca-file=${at("ca.pem")}`,
        // For APIs that others serve behind it, such as KEDA's of metrics: it proves itself to them, and says who asks.
        `--proxy-client-cert-file=${at("aggregator.pem")}`,
        `--proxy-client-key-file=${at("aggregator.key")}`,
        `--requestheader-client-ca-file=${at("ca.pem")}`,
        `--requestheader-allowed-names=${AGGREGATOR}`,
        "--requestheader-username-headers=X-Remote-User",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        `--token-auth-file=${at("tokens.csv")}`,
        `--audit-policy-file=${at("audit_policy.json")}`,
        `--audit-log-path=${at(AUDIT_LOG)}`,
        // Nobody would take the taint away again: the controller of nodes does not run.
        "--disable-admission-plugins=TaintNodesByCondition",
      ];
    case "controller-manager":
      return [
        kubeconfig,
        `--controllers=${CONTROLLERS.join(",")}`,
        "--secure-port=0",
        "--leader-elect=false",
        "--horizontal-pod-autoscaler-sync-period=2s",
      ];
    case "scheduler":
      return [kubeconfig, "--secure-port=0", "--leader-elect=false"];
    case "kwok":
      return [
        kubeconfig,
        `--config=${at("kwok.yaml")}`,
        "--manage-all-nodes=true",
        "--node-lease-duration-seconds=0",
        `--server-address=127.0.0.1:${ports.kwok}`,
      ];
  }
}
