package main

import (
	"encoding/json"
	"testing"

	"troupe.dev/troupe/troupetest"
)

func orders(t *testing.T, payload any) []string {
	t.Helper()
	hop := troupetest.Run(t, extract, troupetest.Envelope{Payload: payload})
	if hop.Failure != nil {
		t.Fatal(hop.Failure.Message)
	}
	var found []string
	for _, each := range troupetest.Payloads[map[string]json.RawMessage](t, hop) {
		found = append(found, string(each["order"]))
	}
	return found
}

func TestOneEnvelopeForEachOrder(t *testing.T) {
	cases := []struct {
		subject, body string
		orders        []string
	}{
		{"Order #10234", "It was EUR 1,299.00 on 3 November 2026.",
			[]string{`{"number":"ORD-10234","amount":"1299.00 EUR","date":"2026-11-03"}`}},
		{"Bestellung Nr. 10234", "Rechnung vom 3.11.2026 über 49,90 €",
			[]string{`{"number":"ORD-10234","amount":"49.90 EUR","date":"2026-11-03"}`}},
		{"ORD-10001 and ORD-10002", "ORD-10002 cost $20, ORD-10001 came on 2026-02-30, no, 2026-03-01.",
			[]string{`{"number":"ORD-10001","date":"2026-03-01"}`, `{"number":"ORD-10002","amount":"20.00 USD"}`}},
		{"no order", "in here: 10234, ORD-1", []string{""}},
	}
	for _, c := range cases {
		got := orders(t, map[string]string{"subject": c.subject, "body": c.body})
		if len(got) != len(c.orders) {
			t.Fatalf("%s: got %q", c.subject, got)
		}
		for at := range got {
			if got[at] != c.orders[at] {
				t.Errorf("%s: got %s, not %s", c.subject, got[at], c.orders[at])
			}
		}
	}
}

func TestTheRestOfTheMailStaysAsItIs(t *testing.T) {
	payload := json.RawMessage(`{"subject":"ORD-10001","n":9007199254740993}`)
	hop := troupetest.Run(t, extract, troupetest.Envelope{Payload: payload, Next: []string{"reply"}})
	if got := string(troupetest.Payloads[mail](t, hop)[0]["n"]); got != "9007199254740993" {
		t.Error(got)
	}
}

func TestWhatIsNoMailFails(t *testing.T) {
	for payload, kind := range map[string]string{`7`: "json.UnmarshalTypeError", `{"body":7}`: "json.UnmarshalTypeError"} {
		hop := troupetest.Run(t, extract, troupetest.Envelope{Payload: json.RawMessage(payload)})
		if hop.Failure == nil || hop.Failure.Kind != kind {
			t.Errorf("%s: %v", payload, hop.Failure)
		}
	}
}
