package troupe

import "context"

// Handle makes a function the actor. It is called once, from main:
//
//	func main() { troupe.Handle(greet) }
//
// The payload is decoded into In and the result encoded as [encoding/json] does; [json.RawMessage] for either gives the
// text as it is. An error that wraps [Nothing] sends nothing more; any other one fails the hop.
//
// In a component it returns at once. Elsewhere it ends the process: there is no mesh to serve.
func Handle[In, Out any](handler func(ctx *Context, in In) (Out, error)) {
	register(component{
		run: func(mesh Mesh, payload string) (string, bool, *Failure) {
			return Run(context.Background(), handler, mesh, payload)
		},
		prepare: prepare[In, Out],
	})
}

// component is an actor whose types are forgotten.
type component struct {
	run func(mesh Mesh, payload string) (last string, sends bool, failure *Failure)
	// Has what does not depend on the envelope done before there is one.
	prepare func()
}
