package draft

import (
	"encoding/json"
	"regexp"
	"strings"
)

// Most actors that a route may still have before it.
const maxNext = 256

// Takes the answers to what is paused; no actor may name it.
const resume = "x-resume"

var actorName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// checkNext checks an edited route: what is not granted has to be kept, dropped or reordered; never added, never
// doubled.
func checkNext(next []any, incoming, grants []string) ([]string, *Refusal) {
	if len(next) > maxNext {
		return nil, refuse("troupe.RouteTooLong", "route.next would have %d actors; %d is the limit", len(next), maxNext)
	}
	left := map[string]int{}
	for _, name := range incoming {
		left[name]++
	}
	names := make([]string, 0, len(next))
	for _, item := range next {
		name, ok := item.(string)
		if !ok || !actorName.MatchString(name) {
			// What came out of JSON can be printed as such.
			shown, _ := json.Marshal(printable(item))
			return nil, refuse("troupe.BadActorName", "%s is not the name of an actor: a DNS label is needed",
				shown[:min(len(shown), 100)])
		}
		if left[name] > 0 {
			left[name]--
		} else if name == resume || !covered(grants, name) {
			return nil, refuse("troupe.RouteDenied",
				"This actor may not add %s to a route: list it in spec.grants.route of its actor.yaml", name)
		}
		names = append(names, name)
	}
	return names, nil
}

// covered reports whether a grant, an exact name or "prefix-*", covers a name. The crew has to be named exactly.
func covered(grants []string, name string) bool {
	for _, grant := range grants {
		prefix, isPrefix := strings.CutSuffix(grant, "*")
		if grant == name {
			return true
		}
		if isPrefix && strings.HasSuffix(prefix, "-") && !strings.HasPrefix(name, "x-") &&
			strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
