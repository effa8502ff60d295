// Package troupetest runs an actor's handler in a plain unit test, without building it: under the rules that the host
// has for edits and emits.
//
//	func TestGreets(t *testing.T) {
//		hop := troupetest.Run(t, greet, troupetest.Envelope{Payload: Task{Name: "Ada"}})
//		got := troupetest.Payloads[Greeting](t, hop)
//		if len(got) != 1 || got[0].Greeting != "Hello, Ada" {
//			t.Errorf("got %v", got)
//		}
//	}
package troupetest

import (
	"context"
	"encoding/json"
	"testing"

	"troupe.dev/troupe"
	"troupe.dev/troupe/config"
	"troupe.dev/troupe/internal/draft"
	"troupe.dev/troupe/state"
)

// Envelope is what a handler is tested with. All of it may be left out.
type Envelope struct {
	// Payload is anything that JSON can say; a json.RawMessage is taken as it is.
	Payload any
	// Actor is the actor's name; "actor" if it is empty.
	Actor string
	// ID is the envelope's id; "test" if it is empty.
	ID string
	// Prev are the actors that are done, Next those that remain.
	Prev, Next []string
	Headers    map[string]any
	// Grants are the actors that the handler may add to a route, as in spec.grants.route.
	Grants []string
	// MaxEmits is how often the handler may emit; 1000 if it is 0.
	MaxEmits int
	// State is what the actor keeps; an empty one if it is nil.
	State *State
	// Config are the values that it is granted by name, env and secrets together. What reads os.Getenv is tested with
	// t.Setenv.
	Config map[string]string
}

// Hop is what came of a run.
type Hop struct {
	// Emits are the downstream envelopes; none when the handler failed, since a hop is all or nothing.
	Emits []Emit
	// Edits are in order, without those that were refused.
	Edits []Edit
	// Flies are the events that were sent upstream, as JSON texts.
	Flies []json.RawMessage
	Logs  []Line
	// Failure is why the handler failed; nil if it did not.
	Failure *troupe.Failure
}

// Emit is one downstream envelope.
type Emit struct {
	// Payload is a JSON text.
	Payload json.RawMessage
	// Prev, Actor and Next are its route, before it advances.
	Prev  []string
	Actor string
	Next  []string
	// Headers are as encoding/json decodes them.
	Headers map[string]any
}

// Edit is an edit of the envelope.
type Edit struct {
	// Verb is "set" or "del".
	Verb string
	Path string
	// Value is a JSON text; empty for "del".
	Value json.RawMessage
}

// Line is a line of the log.
type Line struct {
	Level   troupe.Level
	Message string
}

// Run runs a handler on one envelope. A failure of the handler is part of the result; an envelope that JSON cannot say
// ends the test.
func Run[In, Out any](t testing.TB, handler func(*troupe.Context, In) (Out, error), envelope Envelope) *Hop {
	t.Helper()
	payload, source := read(t, envelope)
	run := &mesh{draft: draft.New(source), hop: &Hop{}}
	kept := envelope.State
	if kept == nil {
		kept = NewState()
	}
	ctx := config.With(state.With(context.Background(), kept), envelope.Config)
	last, sends, failure := troupe.Run(ctx, handler, run, payload)
	if sends {
		if err := run.Emit(last); err != nil {
			failure = troupe.FailureOf(err)
		}
	}
	run.hop.Failure = failure
	if failure == nil {
		run.hop.Emits = emitsOf(t, run.draft)
	}
	return run.hop
}

// Payloads decodes the payloads of all emits. One that does not fit ends the test.
func Payloads[T any](t testing.TB, hop *Hop) []T {
	t.Helper()
	payloads := make([]T, len(hop.Emits))
	for at, emit := range hop.Emits {
		if err := json.Unmarshal(emit.Payload, &payloads[at]); err != nil {
			t.Fatalf("payload %d is not as expected: %v", at, err)
		}
	}
	return payloads
}

// read gives an envelope as the host would: as texts.
func read(t testing.TB, envelope Envelope) (payload string, source draft.Source) {
	t.Helper()
	text, err := json.Marshal(envelope.Payload)
	if raw, ok := envelope.Payload.(json.RawMessage); ok {
		text, err = raw, nil
	}
	if err != nil {
		t.Fatalf("the payload cannot be sent: %v", err)
	}
	headers, err := json.Marshal(envelope.Headers)
	if err != nil {
		t.Fatalf("the headers cannot be sent: %v", err)
	}
	source = draft.Source{
		ID:       orDefault(envelope.ID, "test"),
		Route:    draft.Route{Prev: envelope.Prev, Curr: orDefault(envelope.Actor, "actor"), Next: envelope.Next},
		Grants:   envelope.Grants,
		MaxEmits: orDefault(envelope.MaxEmits, draft.MaxEmits),
	}
	if err := json.Unmarshal(headers, &source.Headers); err != nil {
		t.Fatalf("the headers cannot be sent: %v", err)
	}
	return string(text), source
}

func orDefault[T comparable](value, missing T) T {
	var zero T
	if value == zero {
		return missing
	}
	return value
}

func emitsOf(t testing.TB, edited *draft.Draft) []Emit {
	t.Helper()
	emits := make([]Emit, len(edited.Emits))
	for at, emit := range edited.Emits {
		emits[at] = Emit{
			Payload: json.RawMessage(emit.Payload),
			Prev:    emit.Route.Prev, Actor: emit.Route.Curr, Next: emit.Route.Next,
			Headers: emit.Headers,
		}
	}
	return emits
}
