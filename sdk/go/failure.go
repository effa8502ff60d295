package troupe

import (
	"fmt"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
)

// Failure is how a handler's error looks to the mesh (actor.wit, failures). Rules of resiliency are matched against its
// kind and lineage.
type Failure struct {
	// Kind is the error's type, such as "fs.PathError". Types of package main have no prefix. An error type can name
	// its kind by a method Kind() string.
	Kind string
	// Lineage has the types of the errors that it wraps, in the order of errors.Unwrap, and "error" at the end.
	Lineage []string
	Message string
	// Traceback has the chain of errors, and the stack of a panic.
	Traceback string
	// Details is a JSON text, or empty.
	Details string
}

// Longest details, in bytes: they are worth nothing when cut.
const maxDetails = 32 * 1024

// How many errors of a chain are told of.
const maxChain = 32

// PanicError is what a handler's panic becomes.
type PanicError struct {
	// Value is what was given to panic.
	Value any
	// Stack is where.
	Stack string
}

func (panicked *PanicError) Error() string { return fmt.Sprint(panicked.Value) }

// Unwrap gives the error that was given to panic, if it was one.
func (panicked *PanicError) Unwrap() error {
	err, _ := panicked.Value.(error)
	return err
}

// FailureOf turns any error into a failure.
func FailureOf(err error) *Failure {
	chain := chainOf(err)
	failure := &Failure{Message: wellFormed(err.Error())}
	for _, link := range chain {
		failure.addType(link)
	}
	failure.Kind, failure.Lineage = decided(chain, failure.Lineage)
	failure.Traceback = tracebackOf(chain)
	failure.Details = detailsOf(chain)
	return failure
}

// chainOf gives an error and all that it wraps. It ends also where errors.Is would not, as in a chain that goes round.
func chainOf(err error) []error {
	chain := []error{err}
	for at := 0; at < len(chain) && len(chain) < maxChain; at++ {
		switch wrapping := chain[at].(type) {
		case interface{ Unwrap() error }:
			if inner := wrapping.Unwrap(); inner != nil {
				chain = append(chain, inner)
			}
		case interface{ Unwrap() []error }:
			chain = append(chain, wrapping.Unwrap()...)
		}
	}
	return chain
}

func (failure *Failure) addType(err error) {
	if kind := kindOf(err); kind != "" {
		failure.Lineage = append(failure.Lineage, kind)
	}
}

// decided picks the kind out of the types of a chain. What says whether to try again comes first.
func decided(chain []error, types []string) (kind string, lineage []string) {
	types = append(types, "error")
	for _, err := range chain {
		switch err.(type) {
		case *FatalError, *RetryAfterError:
			return kindOf(err), without(types, kindOf(err))
		}
	}
	return types[0], types[1:]
}

func without(types []string, kind string) []string {
	var kept []string
	for _, other := range types {
		if other != kind {
			kept = append(kept, other)
		}
	}
	return kept
}

// Types that say nothing but that they are errors.
var plainTypes = map[string]bool{
	"errors.errorString": true, "errors.joinError": true,
	"fmt.wrapError": true, "fmt.wrapErrors": true, "fmt.fmtError": true,
	"troupe.detailedError": true,
}

// kindOf gives the name of an error's type, or nothing for those that say nothing.
func kindOf(err error) string {
	switch known := err.(type) {
	case interface{ Kind() string }:
		return wellFormed(known.Kind())
	case *FatalError:
		return "troupe.Fatal"
	case *RetryAfterError:
		return "troupe.RetryAfter"
	case *PanicError:
		return "panic"
	case runtime.Error:
		return "runtime.Error"
	}
	name := strings.TrimLeft(reflect.TypeOf(err).String(), "*")
	if plainTypes[name] {
		return ""
	}
	return strings.TrimPrefix(name, "main.")
}

func tracebackOf(chain []error) string {
	var lines []string
	for _, err := range chain {
		kind := kindOf(err)
		if kind == "" {
			kind = "error"
		}
		line := kind + ": " + err.Error()
		if panicked, ok := err.(*PanicError); ok {
			line += "\n" + panicked.Stack
		}
		lines = append(lines, wellFormed(line))
	}
	return strings.Join(lines, "\nCaused by: ")
}

// detailsOf gives those of the outermost error that has any. Details are an extra: a failure has to get through without
// those that JSON cannot say.
func detailsOf(chain []error) string {
	for _, err := range chain {
		detailed, ok := err.(interface{ Details() any })
		if !ok {
			continue
		}
		text, err := encode(detailed.Details())
		if err == nil && len(text) <= maxDetails {
			return text
		}
	}
	return ""
}

// panicked turns what recover gave into an error, with the stack of the panic.
func panicked(value any) error {
	return &PanicError{Value: value, Stack: ownFrames(string(debug.Stack()))}
}

// ownFrames leaves out of a stack what is above the panic and below the handler: the author knows none of it.
func ownFrames(stack string) string {
	_, below, found := strings.Cut(stack, "\npanic(")
	if !found {
		return strings.TrimSpace(stack)
	}
	lines := strings.Split(below, "\n")
	// The rest of the line of panic itself, and its position.
	lines = lines[min(2, len(lines)):]
	for at, line := range lines {
		if strings.HasPrefix(line, "troupe.dev/troupe.call") || strings.HasPrefix(line, "created by ") {
			lines = lines[:at]
			break
		}
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

func wellFormed(text string) string {
	return strings.ToValidUTF8(text, "\uFFFD")
}
