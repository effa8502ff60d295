package config_test

import (
	"fmt"
	"testing"

	"troupe.dev/troupe"
	"troupe.dev/troupe/config"
	"troupe.dev/troupe/troupetest"
)

func ExampleGet() {
	ask := func(ctx *troupe.Context, question string) (string, error) {
		if _, granted := config.Get(ctx, "API_KEY"); !granted {
			return "", troupe.Fatalf("API_KEY is missing: grant it in actor.yaml, under spec.grants.secrets")
		}
		return question + "?", nil
	}
	envelope := troupetest.Envelope{Payload: "why", Config: map[string]string{"API_KEY": "k"}}
	fmt.Println(string(troupetest.Run(&testing.T{}, ask, envelope).Emits[0].Payload))
	fmt.Println(troupetest.Run(&testing.T{}, ask, troupetest.Envelope{Payload: "why"}).Failure.Kind)
	// Output:
	// "why?"
	// troupe.Fatal
}
