// Package draft is an envelope as an actor edits it during one hop, by the rules that the host applies. It is the
// host's host/draft.ts, host/path.ts, host/json_value.ts and host/route.ts in Go, for tests without a host.
package draft
