import { assert, assertEquals } from "@std/assert";
import { kindOf } from "@troupe/host/egress/address";
import { contains, type Ip, parseIp, parseNetwork } from "@troupe/host/egress/ip";
import fc from "fast-check";
import { built, type Case, objectOf, SHA256 } from "./build_testing.ts";
import { PUBLIC } from "./public_network.ts";

/** A component for which nothing is fetched. */
const MOUNTED = { component: { configMap: { name: "a" }, sha256: SHA256 } };

function egress({ spec, ...given }: Case) {
  // Names, and the broker, come first.
  return objectOf(built({ spec: { ...MOUNTED, ...spec }, ...given }), "NetworkPolicy").spec.egress.slice(2);
}

const tcp = (port: number) => [{ protocol: "TCP", port }];

const RULES: Record<string, { given: Case; rules: unknown[] }> = {
  "an actor without grants": { given: {}, rules: [] },
  "a host": {
    given: { spec: { grants: { http: [{ host: "api.example.com" }] } } },
    rules: [{ to: PUBLIC, ports: tcp(443) }],
  },
  "several hosts on a port": {
    given: { spec: { grants: { http: [{ host: "a.example" }, { host: "*.b.example", path: "/v1" }] } } },
    rules: [{ to: PUBLIC, ports: tcp(443) }],
  },
  "an address": {
    given: { spec: { grants: { http: [{ host: "8.8.8.8", port: 8443 }] } } },
    rules: [{ to: [{ ipBlock: { cidr: "8.8.8.8/32" } }], ports: tcp(8443) }],
  },
  "addresses that are not public, and a service of the cluster": {
    given: {
      spec: {
        grants: {
          http: [
            { host: "prices.shop.svc", scheme: "http", port: 8080, addresses: ["10.0.0.0/8"] },
            { host: "intern.example", scheme: "http", addresses: ["10.1.2.3", "fd00::1"] },
          ],
        },
      },
    },
    rules: [
      {
        to: [...PUBLIC, { ipBlock: { cidr: "10.1.2.3/32" } }, { ipBlock: { cidr: "fd00::1/128" } }],
        ports: tcp(80),
      },
      {
        to: [
          { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "shop" } } },
          { ipBlock: { cidr: "10.0.0.0/8" } },
        ],
        ports: tcp(8080),
      },
    ],
  },
  "a component in a registry with a port": {
    given: { spec: { component: { oci: `registry.example.com:5000/a/b@sha256:${SHA256}` } } },
    rules: [{ to: PUBLIC, ports: tcp(5000) }],
  },
  "a component where the settings say": {
    given: {
      spec: { component: { url: "https://files.example.com/a.wasm", sha256: SHA256 } },
      settings: { network: { components: [{ namespace: "registry" }] } },
    },
    rules: [{ to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "registry" } } }] }],
  },
};

for (const [name, { given, rules }] of Object.entries(RULES)) {
  Deno.test(`whom pods may speak to: ${name}`, () => {
    assertEquals<unknown>(egress(given), rules);
  });
}

Deno.test("nobody to ask for names is no rule, and not one for everybody", () => {
  const given = { spec: MOUNTED, settings: { network: { dns: [] } } };
  assertEquals(objectOf(built(given), "NetworkPolicy").spec.egress.map(({ ports }) => ports), [tcp(5672)]);
});

Deno.test("nobody comes to the pods, but whom the settings name, and to the metrics alone", () => {
  const ingress = (settings: Record<string, unknown>) =>
    objectOf(built({ settings }), "NetworkPolicy").spec.ingress;
  const policy = objectOf(built({}), "NetworkPolicy").spec;
  assertEquals([policy.policyTypes, "ingress" in policy], [["Ingress", "Egress"], false]);
  assertEquals<unknown>(ingress({ network: { scrapers: [{ pods: { app: "prometheus" } }] } }), [{
    from: [{ podSelector: { matchLabels: { app: "prometheus" } } }],
    ports: tcp(9464),
  }]);
});

function isPublic(ip: Ip): boolean {
  return PUBLIC.some(({ ipBlock }) => {
    const within = (cidr: string) => {
      const network = parseNetwork(cidr);
      return network !== undefined && contains(network, ip);
    };
    return ipBlock !== undefined && within(ipBlock.cidr) && !(ipBlock.except ?? []).some(within);
  });
}

Deno.test("what a policy takes for public is what the host takes for public", () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
      const ip = parseIp(text);
      if (ip) assertEquals(isPublic(ip), kindOf(ip) === "public", text);
    }),
    { numRuns: 2000 },
  );
  const near = [
    "9.255.255.255",
    "10.0.0.0",
    "10.255.255.255",
    "11.0.0.0",
    "168.63.129.16",
    "168.63.129.17",
    "2001:200::",
    "2001:1ff::",
  ];
  for (const text of near) {
    const ip = parseIp(text);
    assert(ip, text);
    assertEquals(isPublic(ip), kindOf(ip) === "public", text);
  }
});
