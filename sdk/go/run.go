package troupe

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
)

// Run handles one envelope with a handler, against whatever stands for the mesh. It is what a component and the package
// troupetest call; actors call [Handle].
//
// What the context carries is there for the handler, which gets one that ends with the hop. The payload is a JSON text. What the handler emits goes to the mesh; what it returns is returned, as a JSON text, and
// sends is false when there is nothing. The failure is nil when there is none.
func Run[In, Out any](
	ctx context.Context,
	handler func(*Context, In) (Out, error),
	mesh Mesh,
	payload string,
) (last string, sends bool, failure *Failure) {
	var in In
	if err := json.Unmarshal([]byte(payload), &in); err != nil {
		return "", false, FailureOf(fmt.Errorf("the payload: %w", err))
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out, err := call(handler, &Context{Context: ctx, mesh: mesh}, in)
	if err != nil {
		if slices.ContainsFunc(chainOf(err), func(link error) bool { return link == Nothing }) {
			return "", false, nil
		}
		return "", false, FailureOf(err)
	}
	last, err = encode(out)
	if err != nil {
		return "", false, FailureOf(fmt.Errorf("the returned payload: %w", err))
	}
	return last, true, nil
}

// call runs the handler; a panic is an error like others.
func call[In, Out any](
	handler func(*Context, In) (Out, error), ctx *Context, in In,
) (out Out, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = panicked(value)
		}
	}()
	return handler(ctx, in)
}
