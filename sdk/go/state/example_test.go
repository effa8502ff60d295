package state_test

import (
	"fmt"
	"testing"

	"troupe.dev/troupe"
	"troupe.dev/troupe/state"
	"troupe.dev/troupe/troupetest"
)

func ExampleUpdate() {
	type Order struct{ Cart, Item string }
	put := func(ctx *troupe.Context, order Order) ([]string, error) {
		return state.Update(state.Of(ctx), "carts/"+order.Cart, func(items []string) ([]string, error) {
			return append(items, order.Item), nil
		})
	}
	carts := troupetest.NewState()
	for _, item := range []string{"tea", "milk"} {
		hop := troupetest.Run(&testing.T{}, put, troupetest.Envelope{Payload: Order{"ann", item}, State: carts})
		fmt.Println(string(hop.Emits[0].Payload))
	}
	// Output:
	// ["tea"]
	// ["tea","milk"]
}
