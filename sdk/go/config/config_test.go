package config_test

import (
	"strings"
	"testing"

	"troupe.dev/troupe"
	"troupe.dev/troupe/config"
	"troupe.dev/troupe/troupetest"
)

func TestGet(t *testing.T) {
	hop := troupetest.Run(t, func(ctx *troupe.Context, name string) (any, error) {
		value, granted := config.Get(ctx, name)
		_, other := config.Get(ctx, "OTHER")
		return []any{value, granted, other}, nil
	}, troupetest.Envelope{Payload: "KEY", Config: map[string]string{"KEY": "v"}})
	if got := string(hop.Emits[0].Payload); got != `["v",true,false]` {
		t.Error(got)
	}
}

func TestNothingIsGrantedUnlessSaid(t *testing.T) {
	hop := troupetest.Run(t, func(ctx *troupe.Context, _ any) (bool, error) {
		_, granted := config.Get(ctx, "KEY")
		return granted, nil
	}, troupetest.Envelope{})
	if got := string(hop.Emits[0].Payload); got != "false" {
		t.Error(got)
	}
}

func TestOutsideOfARunItIsTold(t *testing.T) {
	defer func() {
		if said, ok := recover().(string); !ok || !strings.Contains(said, "troupetest.Envelope{Config") {
			t.Errorf("it says %q", said)
		}
	}()
	config.Get(t.Context(), "KEY")
}
