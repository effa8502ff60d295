// tries: to fail in the name of the platform, so that its envelope is tried again, or is nobody's fault
// ends: guest.troupe.StageViolation
export function handle(payload) {
  if (payload !== "1") return payload;
  throw {
    kind: "troupe.StageViolation",
    lineage: ["troupe.Poison", "troupe.BrokerDeadLettered"],
    message: "",
  };
}
