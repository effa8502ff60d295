package troupe

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
)

// Context is the hop of one envelope: what the handler can read of it, and do besides returning a payload. It lasts as
// long as the handler runs.
//
// It is a [context.Context] too, for libraries that want one.
type Context struct {
	context.Context
	mesh Mesh
}

// Get decodes what is at a path of the envelope, such as ".headers.lang" or ".route.next", with this hop's edits so
// far. It reports whether there is anything.
//
// The error is a [*RefusedError] for a path that cannot be read, or that of [json.Unmarshal].
func (ctx *Context) Get(path string, into any) (found bool, err error) {
	value, found, err := ctx.mesh.Get(path)
	if err != nil || !found {
		return false, err
	}
	if err := json.Unmarshal([]byte(value), into); err != nil {
		return true, fmt.Errorf("what is at %s: %w", path, err)
	}
	return true, nil
}

// Set puts a value at a path, making missing objects on the way; it holds for what is emitted after it. Paths under
// .route.next and .headers can be written.
//
// A slice of the route is replaced: ".route.next[:0]" puts actors before those that remain, ".route.next[999:]" after
// them. Actors that were not in the route have to be granted (spec.grants.route).
//
// The error is a [*RefusedError], or that of [json.Marshal].
func (ctx *Context) Set(path string, value any) error {
	text, err := encode(value)
	if err != nil {
		return fmt.Errorf("the value for %s: %w", path, err)
	}
	return ctx.mesh.Set(path, text)
}

// Del removes what is at a path. Removing ".route.next" ends the route after this actor.
//
// The error is a [*RefusedError].
func (ctx *Context) Del(path string) error {
	return ctx.mesh.Del(path)
}

// Emit sends one downstream envelope, with the route and headers as edited so far. A slice is one payload. Nothing is
// sent before the handler has returned, and nothing at all when it fails.
//
// The error is a [*RefusedError], or that of [json.Marshal].
func (ctx *Context) Emit(payload any) error {
	text, err := encode(payload)
	if err != nil {
		return fmt.Errorf("the emitted payload: %w", err)
	}
	return ctx.mesh.Emit(text)
}

// Fly sends an event to whoever follows this envelope: at once, at most once, and never part of the result.
//
// The error is a [*RefusedError], or that of [json.Marshal].
func (ctx *Context) Fly(event any) error {
	text, err := encode(event)
	if err != nil {
		return fmt.Errorf("the event: %w", err)
	}
	return ctx.mesh.Fly(text)
}

// Log writes to the host's log, where lines are tagged with actor and envelope. In a component [slog.Default] writes
// there too.
func (ctx *Context) Log() *slog.Logger {
	return slog.New(logHandler{mesh: ctx.mesh})
}
