package draft

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Limits of the host, unless a spec says otherwise.
const (
	// MaxEmits of one hop.
	MaxEmits = 1000
	// MaxEmittedBytes of one hop, all payloads together.
	MaxEmittedBytes = 16 * 1024 * 1024
)

// Route is where an envelope was, is and goes.
type Route struct {
	Prev []string
	Curr string
	Next []string
}

// Source is an envelope on arrival, and what its actor is bound by.
type Source struct {
	ID      string
	Route   Route
	Headers map[string]any
	// Grants are the actors that may be added to the route: exact names, or "prefix-*".
	Grants   []string
	MaxEmits int
}

// Emit is one downstream envelope.
type Emit struct {
	Route   Route
	Headers map[string]any
	Payload string
}

// Draft has the edits and emits of one hop.
type Draft struct {
	Emits   []Emit
	source  Source
	next    []string
	headers map[string]any
	bytes   int
}

// New begins one. The headers have to be what encoding/json decodes into any.
func New(source Source) *Draft {
	headers := source.Headers
	if headers == nil {
		headers = map[string]any{}
	}
	return &Draft{source: source, next: source.Route.Next, headers: headers}
}

// Get gives the JSON text of what is at a path.
func (draft *Draft) Get(path string) (value string, found bool, refusal *Refusal) {
	segments, refusal := parsePath(path)
	if refusal != nil {
		return "", false, refusal
	}
	at := readAt(draft.view(), segments)
	if _, isNothing := at.(nothing); isNothing {
		return "", false, nil
	}
	text, err := json.Marshal(printable(at))
	if err != nil {
		return "", false, refuse("troupe.BadOutput", "what is at %s is no JSON: %v", shortened(path), err)
	}
	return string(text), true, nil
}

// Set puts a JSON text at a path.
func (draft *Draft) Set(path, text string) *Refusal {
	segments, refusal := writable(path)
	if refusal != nil {
		return refusal
	}
	if refusal := checkText(text); refusal != nil {
		return refusal
	}
	value, err := parseValue(text)
	if err != nil {
		return refuse("troupe.BadOutput", "Not a JSON text: %v", err)
	}
	return draft.write(path, segments, value)
}

// Del removes what is at a path; .route.next becomes empty.
func (draft *Draft) Del(path string) *Refusal {
	segments, refusal := writable(path)
	if refusal != nil {
		return refusal
	}
	if len(segments) == 2 && segments[0].key == "route" {
		return draft.write(path, segments, []any{})
	}
	return draft.write(path, segments, nothing{})
}

// Emit emits an envelope with the route and headers as they are now.
func (draft *Draft) Emit(payload string) *Refusal {
	if len(draft.Emits) >= draft.source.MaxEmits {
		return refuse("troupe.OutputLimit", "More than %d emits in one hop (limits.emits)", draft.source.MaxEmits)
	}
	if draft.bytes+len(payload) > MaxEmittedBytes {
		return refuse("troupe.OutputLimit", "More than %d bytes emitted in one hop (limits.emittedBytes)",
			MaxEmittedBytes)
	}
	if refusal := checkText(payload); refusal != nil {
		return refusal
	}
	draft.bytes += len(payload)
	route := draft.source.Route
	route.Next = draft.next
	draft.Emits = append(draft.Emits, Emit{Route: route, Headers: maps.Clone(draft.headers), Payload: payload})
	return nil
}

func (draft *Draft) view() map[string]any {
	route := draft.source.Route
	return map[string]any{
		"id": draft.source.ID,
		"route": map[string]any{
			"prev": values(route.Prev), "curr": route.Curr, "next": values(draft.next),
		},
		"headers": draft.headers,
	}
}

func values(names []string) []any {
	items := make([]any, len(names))
	for at, name := range names {
		items[at] = name
	}
	return items
}

// writable gives the segments of a path that may be written.
func writable(path string) ([]segment, *Refusal) {
	segments, refusal := parsePath(path)
	if refusal != nil {
		return nil, refusal
	}
	if len(segments) >= 2 && segments[0].kind == keySegment && segments[1].kind == keySegment {
		first, second := segments[0].key, segments[1].key
		if first == "route" && second == "next" {
			return segments, nil
		}
		if first == "headers" {
			if !isReserved(second) {
				return segments, nil
			}
			return nil, refuse("troupe.AccessError", "The header %q is reserved: actors can read it only", second)
		}
	}
	return nil, refuse("troupe.AccessError",
		"%s cannot be written: actors can write .route.next and .headers.NAME", shortened(path))
}

// isReserved reports whether a header can only be read: the trace context, and what the platform keeps there.
func isReserved(header string) bool {
	lower := strings.ToLower(header)
	return lower == "traceparent" || lower == "tracestate" ||
		strings.HasPrefix(lower, "x-troupe-") || strings.HasPrefix(lower, "x-asya-")
}

func (draft *Draft) write(path string, segments []segment, value any) *Refusal {
	if segments[0].key == "route" {
		return draft.writeNext(path, segments[2:], value)
	}
	headers, problem := writeAt(draft.headers, segments[1:], value)
	if problem != nil {
		return problem.refusal(path)
	}
	draft.headers = headers.(map[string]any)
	return nil
}

func (draft *Draft) writeNext(path string, segments []segment, value any) *Refusal {
	written, problem := writeAt(values(draft.next), segments, value)
	if problem != nil {
		return problem.refusal(path)
	}
	next, ok := written.([]any)
	if !ok {
		return (&mismatch{message: "route.next has to be an array of actors' names"}).refusal(path)
	}
	names, refusal := checkNext(next, draft.source.Route.Next, draft.source.Grants)
	if refusal != nil {
		return refusal
	}
	draft.next = slices.Clip(names)
	return nil
}

func (problem *mismatch) refusal(path string) *Refusal {
	code := "troupe.BadPath"
	if problem.isRange {
		code = "troupe.IndexOutOfRange"
	}
	return refuse(code, "%s: %s", shortened(path), problem.message)
}
