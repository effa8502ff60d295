package draft

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// What the host's own tests (host/draft_test.ts) have in tables is the same here.

func newDraft(grants ...string) *Draft {
	text := `{"a": {"b": [1, 2]}, "traceparent": "00", "x-troupe-root": "r", "big": 1e400, "whole": 1.0}`
	headers := mustParse(text).(map[string]any)
	return New(Source{
		ID: "1", Route: Route{Prev: []string{"z"}, Curr: "judge", Next: []string{"b", "c"}},
		Headers: headers, Grants: grants, MaxEmits: MaxEmits,
	})
}

func mustParse(text string) any {
	value, err := parseValue(text)
	if err != nil {
		panic(err)
	}
	return value
}

func TestGet(t *testing.T) {
	draft := newDraft()
	cases := map[string]string{
		".id":                      `"1"`,
		".route.prev[-1]":          `"z"`,
		".route.curr":              `"judge"`,
		".route.next[0:1]":         `["b"]`,
		".route.next[-1:]":         `["c"]`,
		".headers.a.b[1]":          "2",
		`.headers["traceparent"]`:  `"00"`,
		`.["headers"]["\u0061"].b`: "[1,2]",
		".headers.big":             "null",
		".headers.whole":           "1",
		".route.next[5]":           "",
		".headers.nothing.here":    "",
		".headers.__proto__":       "",
		".headers.a.b.length":      "",
		".payload":                 "",
	}
	for path, want := range cases {
		value, found, refusal := draft.Get(path)
		if refusal != nil || value != want || found != (want != "") {
			t.Errorf("%s is %s (%v), and not %s", path, value, refusal, want)
		}
	}
}

func TestEditsOfTheRoute(t *testing.T) {
	cases := []struct {
		path, value string
		want        []string
	}{
		{".route.next[:0]", `["s"]`, []string{"s", "b", "c"}},
		{".route.next[999:]", `["s"]`, []string{"b", "c", "s"}},
		{".route.next", `["s"]`, []string{"s"}},
		{".route.next", `["c","b"]`, []string{"c", "b"}},
		{".route.next[0]", `"s"`, []string{"s", "c"}},
		{".route.next[-1]", `"s"`, []string{"b", "s"}},
		{".route.next[0:1]", "[]", []string{"c"}},
		{".route.next[1:0]", `["s"]`, []string{"b", "s", "c"}},
		{".route.next", "", nil},
		{".route.next[0]", "", []string{"c"}},
		{".route.next[1:]", "", []string{"b"}},
	}
	for _, this := range cases {
		draft := newDraft("s")
		if refusal := edit(draft, this.path, this.value); refusal != nil {
			t.Errorf("%s %s: %v", this.path, this.value, refusal)
		}
		if !slices.Equal(draft.next, this.want) {
			t.Errorf("%s %s gives %v, and not %v", this.path, this.value, draft.next, this.want)
		}
	}
}

// edit sets, or removes where there is no value.
func edit(draft *Draft, path, value string) *Refusal {
	if value == "" {
		return draft.Del(path)
	}
	return draft.Set(path, value)
}

func TestEditsOfHeaders(t *testing.T) {
	draft := newDraft()
	for _, step := range [][4]string{
		{".headers.new.deep", `{"x": -0}`, ".headers.new", `{"deep":{"x":0}}`},
		{".headers.a.b[0]", "[9]", ".headers.a.b", "[[9],2]"},
		{".headers.a.b[0]", "", ".headers.a", `{"b":[2]}`},
		{".headers.nothing.here", "", ".headers.nothing", ""},
		{`.headers["__proto__"]`, `{"polluted":1}`, ".headers.__proto__.polluted", "1"},
	} {
		if refusal := edit(draft, step[0], step[1]); refusal != nil {
			t.Errorf("%v: %v", step, refusal)
		}
		if value, _, _ := draft.Get(step[2]); value != step[3] {
			t.Errorf("%v gives %s", step, value)
		}
	}
}

func TestRefusals(t *testing.T) {
	long, _ := json.Marshal(slices.Repeat([]string{"s"}, 257))
	cases := []struct{ code, path, value string }{
		{"troupe.AccessError", ".", "{}"},
		{"troupe.AccessError", ".id", `"2"`},
		{"troupe.AccessError", ".status.phase", `"failed"`},
		{"troupe.AccessError", ".route", "{}"},
		{"troupe.AccessError", ".route.curr", `"a"`},
		{"troupe.AccessError", `.["route"]["curr"]`, `"a"`},
		{"troupe.AccessError", ".route.prev[0]", `"a"`},
		{"troupe.AccessError", ".route.nextish", "[]"},
		{"troupe.AccessError", ".headers", "{}"},
		{"troupe.AccessError", ".headers[0]", "1"},
		{"troupe.AccessError", ".payload", "1"},
		{"troupe.AccessError", ".__proto__.x", "1"},
		{"troupe.AccessError", ".headers.traceparent", `"1"`},
		{"troupe.AccessError", ".headers.TraceState", `"1"`},
		{"troupe.AccessError", ".headers.x-troupe-fan[0]", "1"},
		{"troupe.AccessError", `.headers["X-Troupe-Fan"]`, "1"},
		{"troupe.AccessError", `.headers["\u0078-asya-x"]`, "1"},
		{"troupe.AccessError", ".headers.x-troupe-root", ""},
		{"troupe.AccessError", ".status", ""},
		{"troupe.BadPath", "route.next", "[]"},
		{"troupe.BadPath", ".headers.a[:0].x", "1"},
		{"troupe.BadPath", ".headers.a.b[:0]", "1"},
		{"troupe.BadPath", ".headers.a.b.c", "1"},
		{"troupe.BadPath", ".headers.a[0]", "1"},
		{"troupe.BadPath", ".route.next", `"s"`},
		{"troupe.BadPath", ".route.next[0].x", "1"},
		{"troupe.BadPath", "." + strings.Repeat("a", 5000), "1"},
		{"troupe.BadPath", `.headers["\x"]`, "1"},
		{"troupe.IndexOutOfRange", ".route.next[2]", `"s"`},
		{"troupe.IndexOutOfRange", ".headers.a.b[-3]", ""},
		{"troupe.BadActorName", ".route.next", `["S"]`},
		{"troupe.BadActorName", ".route.next", "[1]"},
		{"troupe.BadActorName", ".route.next", `["` + strings.Repeat("a", 64) + `"]`},
		{"troupe.RouteDenied", ".route.next", `["t"]`},
		{"troupe.RouteDenied", ".route.next", `["b","b"]`},
		{"troupe.RouteDenied", ".route.next", `["x-sink"]`},
		{"troupe.RouteDenied", ".route.next", `["x-resume"]`},
		{"troupe.RouteDenied", ".route.next", `["judge"]`},
		{"troupe.RouteTooLong", ".route.next", string(long)},
		{"troupe.BadOutput", ".headers.a", "{"},
		{"troupe.BadOutput", ".headers.a", strings.Repeat("[", 513) + strings.Repeat("]", 513)},
		{"troupe.BadOutput", ".headers.a", "\"\xff\""},
	}
	for _, this := range cases {
		draft := newDraft("s", "x-*", "p-*")
		refusal := edit(draft, this.path, this.value)
		if refusal == nil || refusal.Code != this.code {
			t.Errorf("%.60s %.60s: got %v, and not %s", this.path, this.value, refusal, this.code)
		}
		if !slices.Equal(draft.next, []string{"b", "c"}) {
			t.Errorf("%.60s %.60s changed the route", this.path, this.value)
		}
	}
}

func TestEmitsHaveTheRouteOfTheirMoment(t *testing.T) {
	draft := newDraft("p-*")
	steps := []*Refusal{
		draft.Emit("1"), draft.Set(".route.next[:0]", `["p-1"]`), draft.Set(".headers.x", "1"), draft.Emit("2"),
		draft.Del(".route.next"), draft.Emit("3"),
	}
	for at, refusal := range steps {
		if refusal != nil {
			t.Errorf("step %d: %v", at, refusal)
		}
	}
	want := [][]string{{"b", "c"}, {"p-1", "b", "c"}, nil}
	for at, emit := range draft.Emits {
		if !slices.Equal(emit.Route.Next, want[at]) {
			t.Errorf("emit %d goes to %v, and not to %v", at, emit.Route.Next, want[at])
		}
	}
	if _, has := draft.Emits[0].Headers["x"]; has {
		t.Error("a later edit is in an earlier emit")
	}
}

func TestWhatIsEmittedIsOneText(t *testing.T) {
	draft := newDraft()
	for _, text := range []string{"", "1 2", "{'a': 1}", strings.Repeat("[", 600) + strings.Repeat("]", 600)} {
		if refusal := draft.Emit(text); refusal == nil || refusal.Code != "troupe.BadOutput" {
			t.Errorf("%.20q: got %v", text, refusal)
		}
	}
	nested := strings.Repeat("[", 512) + `"\"]["` + strings.Repeat("]", 512)
	if refusal := draft.Emit(nested); refusal != nil {
		t.Errorf("512 deep is allowed: %v", refusal)
	}
}
