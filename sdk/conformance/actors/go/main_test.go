package main

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"testing"

	"troupe.dev/troupe/troupetest"
)

// expectation is what has to come of a case, in so far as it is described.
type expectation struct {
	Payloads []json.RawMessage `json:"payloads"`
	Texts    []string          `json:"texts"`
	Emits    []struct {
		Payload json.RawMessage `json:"payload"`
		Next    []string        `json:"next"`
		Headers map[string]any  `json:"headers"`
	} `json:"emits"`
	Failure *struct {
		Type    *string         `json:"type"`
		Lineage []string        `json:"lineage"`
		Message *string         `json:"message"`
		Details json.RawMessage `json:"details"`
	} `json:"failure"`
	Flies []json.RawMessage `json:"flies"`
	Logs  [][2]string       `json:"logs"`
}

type conformanceCase struct {
	Name        string
	Payload     json.RawMessage
	PayloadText string
	Prev, Next  []string
	Headers     map[string]any
	Only        string
	Expect      json.RawMessage
	Differs     map[string]json.RawMessage
}

// The cases go through the test kit as they go through a sandbox.
func TestConformance(t *testing.T) {
	text, err := os.ReadFile("../../cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		ID, Actor string
		Grants    []string
		Cases     []conformanceCase
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, this := range file.Cases {
		if this.Only == "stage" {
			continue
		}
		ran++
		t.Run(this.Name, func(t *testing.T) {
			payload := this.Payload
			if this.PayloadText != "" {
				payload = json.RawMessage(this.PayloadText)
			}
			hop := troupetest.Run(t, handle, troupetest.Envelope{
				Payload: payload, ID: file.ID, Actor: file.Actor,
				Prev: this.Prev, Next: this.Next, Headers: this.Headers, Grants: file.Grants,
			})
			check(t, hop, this)
		})
	}
	if ran < 90 {
		t.Errorf("only %d cases were found", ran)
	}
}

func check(t *testing.T, hop *troupetest.Hop, this conformanceCase) {
	expect := expected(t, this)
	if expect.Failure == nil && hop.Failure != nil {
		t.Fatalf("it failed: %+v", hop.Failure)
	}
	if expect.Failure != nil {
		checkFailure(t, hop, expect)
	}
	payloads := expect.Payloads
	for _, text := range expect.Texts {
		payloads = append(payloads, json.RawMessage(text))
	}
	if expect.Emits == nil && (payloads != nil || expect.Failure != nil) && len(hop.Emits) != len(payloads) {
		t.Fatalf("%d emits, and not %d", len(hop.Emits), len(payloads))
	}
	for at, payload := range payloads {
		same(t, hop.Emits[at].Payload, payload)
	}
	for at, text := range expect.Texts {
		if got := compact(t, hop.Emits[at].Payload); got != text {
			t.Errorf("got the text %s, and not %s", got, text)
		}
	}
	if expect.Emits != nil && len(expect.Emits) != len(hop.Emits) {
		t.Fatalf("%d emits, and not %d", len(hop.Emits), len(expect.Emits))
	}
	for at, emit := range expect.Emits {
		same(t, hop.Emits[at].Payload, emit.Payload)
		if emit.Next != nil && !slices.Equal(emit.Next, hop.Emits[at].Next) {
			t.Errorf("next is %v, and not %v", hop.Emits[at].Next, emit.Next)
		}
		if emit.Headers != nil && !reflect.DeepEqual(emit.Headers, hop.Emits[at].Headers) {
			t.Errorf("headers are %v, and not %v", hop.Emits[at].Headers, emit.Headers)
		}
	}
	if expect.Flies != nil {
		same(t, marshaled(t, hop.Flies), marshaled(t, expect.Flies))
	}
	for at, line := range expect.Logs {
		if got := hop.Logs[at]; got.Level.String() != line[0] || got.Message != line[1] {
			t.Errorf("log line %d is %v, and not %v", at, got, line)
		}
	}
}

// expected is what holds in Go: what differs in it takes the place of what holds elsewhere.
func expected(t *testing.T, this conformanceCase) (expect expectation) {
	t.Helper()
	text := this.Expect
	if differs, ok := this.Differs["go"]; ok {
		text = differs
	}
	if err := json.Unmarshal(text, &expect); err != nil {
		t.Fatal(err)
	}
	return expect
}

func checkFailure(t *testing.T, hop *troupetest.Hop, expect expectation) {
	t.Helper()
	failure, want := hop.Failure, expect.Failure
	if failure == nil {
		t.Fatal("it did not fail")
	}
	if want.Type != nil && failure.Kind != *want.Type {
		t.Errorf("the type is %q, and not %q", failure.Kind, *want.Type)
	}
	if want.Lineage != nil && !slices.Equal(failure.Lineage, want.Lineage) {
		t.Errorf("the lineage is %q, and not %q", failure.Lineage, want.Lineage)
	}
	if want.Message != nil && failure.Message != *want.Message {
		t.Errorf("the message is %q, and not %q", failure.Message, *want.Message)
	}
	if want.Details != nil {
		same(t, []byte(failure.Details), want.Details)
	}
}

func same(t *testing.T, got, want []byte) {
	t.Helper()
	decode := func(text []byte) (value any) {
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		if err := decoder.Decode(&value); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return value
	}
	if !reflect.DeepEqual(decode(got), decode(want)) {
		t.Errorf("got %s, and not %s", got, want)
	}
}

func compact(t *testing.T, text []byte) string {
	t.Helper()
	var to bytes.Buffer
	if err := json.Compact(&to, text); err != nil {
		t.Fatal(err)
	}
	return to.String()
}

func marshaled(t *testing.T, value any) []byte {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
