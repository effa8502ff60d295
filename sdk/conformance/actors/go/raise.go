package main

import (
	"errors"
	"fmt"
	"time"

	"troupe.dev/troupe"
)

// BaseError is what CustomError wraps: Go's types have no bases.
type BaseError struct{}

func (BaseError) Error() string { return "base" }

// CustomError is an error of the actor's own.
type CustomError struct{ Message string }

func (err *CustomError) Error() string { return err.Message }

// Unwrap gives what is beneath it.
func (*CustomError) Unwrap() error { return BaseError{} }

// raise fails in the way that a case names.
func raise(ctx *troupe.Context, shape string) error {
	switch shape {
	case "plain", "not-an-error":
		return errors.New("plain")
	case "custom":
		return &CustomError{"custom"}
	case "caused":
		return &outerError{errors.New("inner")}
	case "fatal":
		return troupe.Fatal(errors.New("fatal"))
	case "retry-after":
		return troupe.RetryAfter(30*time.Second, errors.New("later"))
	case "details":
		return troupe.WithDetails(errors.New("details"), map[string]string{"field": "email"})
	case "unicode":
		return errors.New("Grüße 🎭 \x00 end")
	case "empty":
		return errors.New("")
	case "crash":
		var none map[string]int
		none["nil"] = 1
		return nil
	case "refused":
		return ctx.Set(".status", 1)
	default:
		return fmt.Errorf("there is no shape %s", shape)
	}
}

type outerError struct{ inner error }

func (*outerError) Error() string { return "outer" }

func (err *outerError) Unwrap() error { return err.inner }
