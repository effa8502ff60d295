import { assert, assertEquals } from "@std/assert";
import { judgeAddress, kindOf } from "./address.ts";
import { type Ip, type Network, parseIp, parseNetwork } from "./ip.ts";

const KINDS: Record<string, string[]> = {
  "public": [
    ...[
      "1.1.1.1",
      "8.8.8.8",
      "9.255.255.255",
      "11.0.0.0",
      "100.63.255.255",
      "100.128.0.0",
      "126.255.255.255",
    ],
    ...["128.0.0.1", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255"],
    ...["192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "168.63.129.15"],
    ...["2606:4700::1111", "2a00:1450:4001::1", "2001:4860:4860::8888", "2000::1", "2001:200::1", "2003::1"],
  ],
  "private": ["10.0.0.0", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1"],
  "loopback": ["127.0.0.1", "127.0.0.2", "127.255.255.255", "::1"],
  "link-local": ["169.254.0.1", "169.254.255.255", "fe80::1", "febf::1"],
  "shared": ["100.64.0.0", "100.127.255.255"],
  "unspecified": ["0.0.0.0", "::"],
  "of this network": ["0.0.0.1", "0.255.255.255"],
  "multicast": ["224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"],
  "broadcast": ["255.255.255.255"],
  "reserved": ["240.0.0.1", "255.255.255.254", "4000::1", "1000::1", "f000::1", "200::1", "5f00::1"],
  "for documentation": ["192.0.2.1", "198.51.100.1", "203.0.113.255", "2001:db8::1", "3fff::1"],
  "for benchmarks": ["198.18.0.1", "198.19.255.255", "2001:2::1"],
  "for protocols": ["192.0.0.1", "192.0.0.170", "2001:10::1", "2001:20::1"],
  "cloud metadata": [
    ...["169.254.169.254", "169.254.170.2", "168.63.129.16", "100.100.100.200", "fd00:ec2::254"],
  ],
  "IPv4 in IPv6": [
    ...["::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:a9fe:a9fe", "::127.0.0.1", "::2", "::ffff:0:127.0.0.1"],
    ...["64:ff9b::7f00:1", "64:ff9b::8.8.8.8", "64:ff9b:1::1"],
  ],
  "6to4": ["2002:7f00:1::", "2002::1", "192.88.99.1"],
  "Teredo": ["2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"],
  "unique local": ["fc00::1", "fd12:3456::1", "fdff:ffff::1"],
  "site local": ["fec0::1", "feff::1"],
  "discarded": ["100::1"],
};

for (const [kind, addresses] of Object.entries(KINDS)) {
  Deno.test(`${kind}: ${addresses.join(", ")}`, () => {
    for (const address of addresses) {
      assertEquals(kindOf(parseIp(address) as Ip), kind, address);
      assertEquals(judgeAddress(address, []), { allowed: kind === "public", kind }, address);
    }
  });
}

const network = (text: string) => parseNetwork(text) as Network;

Deno.test("what is not public is allowed where it is listed", () => {
  const listed = ["10.0.0.0/8", "127.0.0.1", "fd00::/8"].map(network);
  for (const address of ["10.1.2.3", "127.0.0.1", "fd12::1", "8.8.8.8"]) {
    assert(judgeAddress(address, listed).allowed, address);
  }
  for (const address of ["127.0.0.2", "192.168.0.1", "fc00::1", "::ffff:10.1.2.3", "::1"]) {
    assert(!judgeAddress(address, listed).allowed, address);
  }
});

Deno.test("cloud metadata are allowed by their very address only", () => {
  for (const wide of ["169.254.0.0/16", "0.0.0.0/0", "169.254.169.254/31", "fd00::/8"]) {
    assert(!judgeAddress("169.254.169.254", [network(wide)]).allowed, wide);
    assert(!judgeAddress("fd00:ec2::254", [network(wide)]).allowed, wide);
  }
  assert(judgeAddress("169.254.169.254", [network("169.254.169.254")]).allowed);
  assert(judgeAddress("fd00:ec2::254", [network("fd00:ec2::254/128")]).allowed);
});

Deno.test("what is no address is never allowed", () => {
  const all = [network("0.0.0.0/0"), network("::/0")];
  for (const text of ["", "example.com", "fe80::1%eth0", "0177.0.0.1", "2130706433"]) {
    assertEquals(judgeAddress(text, all), { allowed: false, kind: "not an address" });
  }
});
