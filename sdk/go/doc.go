// Package troupe is for actors written in Go: one function from payload to payload, which runs as a sandboxed
// WebAssembly component.
//
//	package main
//
//	import "troupe.dev/troupe"
//
//	type Task struct {
//		Name string `json:"name"`
//	}
//
//	type Greeting struct {
//		Greeting string `json:"greeting"`
//	}
//
//	func greet(ctx *troupe.Context, task Task) (Greeting, error) {
//		return Greeting{"Hello, " + task.Name}, nil
//	}
//
//	func main() { troupe.Handle(greet) }
//
// What the function returns goes on to the next actor of the route. With its [Context] it can also send several
// payloads, read the envelope, edit the route, and log. An error fails the hop: nothing of it gets out.
//
// The command "troupe build" makes the component. The package troupetest runs a handler in a plain unit test.
package troupe
