package troupe_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"troupe.dev/troupe"
	"troupe.dev/troupe/troupetest"
)

type Task struct {
	Text string `json:"text"`
}

// Sends one envelope for each line, and has them translated first where that is needed.
func split(ctx *troupe.Context, task Task) (any, error) {
	var lang string
	if _, err := ctx.Get(".headers.lang", &lang); err != nil {
		return nil, err
	}
	if lang != "en" {
		// Needs grants.route: [translate] in actor.yaml.
		if err := ctx.Set(".route.next[:0]", []string{"translate"}); err != nil {
			return nil, err
		}
	}
	for line := range strings.SplitSeq(task.Text, "\n") {
		if err := ctx.Emit(Task{line}); err != nil {
			return nil, err
		}
	}
	return nil, troupe.Nothing
}

func ExampleHandle() {
	hop := troupetest.Run(&testing.T{}, split, troupetest.Envelope{
		Payload: Task{"eins\nzwei"},
		Headers: map[string]any{"lang": "de"},
		Next:    []string{"store"},
		Grants:  []string{"translate"},
	})
	for _, emit := range hop.Emits {
		fmt.Println(string(emit.Payload), emit.Next)
	}
	// Output:
	// {"text":"eins"} [translate store]
	// {"text":"zwei"} [translate store]
}

func ExampleRefusedError() {
	keepPrivate := func(ctx *troupe.Context, task Task) (Task, error) {
		if err := ctx.Set(".route.next", []string{"elsewhere"}); err != nil {
			return task, fmt.Errorf("rerouting: %w", err)
		}
		return task, nil
	}
	hop := troupetest.Run(&testing.T{}, keepPrivate, troupetest.Envelope{Payload: Task{"x"}})
	fmt.Println(hop.Failure.Kind)
	// Output: troupe.RouteDenied
}

func ExampleFatal() {
	parse := func(_ *troupe.Context, task Task) (int, error) {
		n, err := strconv.Atoi(task.Text)
		if err != nil {
			return 0, troupe.Fatal(fmt.Errorf("the text is no number: %w", err))
		}
		return n, nil
	}
	hop := troupetest.Run(&testing.T{}, parse, troupetest.Envelope{Payload: Task{"one"}})
	fmt.Println(hop.Failure.Kind, hop.Failure.Lineage)
	// Output: troupe.Fatal [strconv.NumError error]
}
