package troupe

import (
	"errors"
	"fmt"
	"time"
)

// Nothing is what a handler returns as its error when it has nothing (more) to send: its other result is ignored then.
// When it emitted nothing either, the route ends here.
//
//	func keep(ctx *troupe.Context, mail Mail) (Mail, error) {
//		if mail.Spam {
//			return Mail{}, troupe.Nothing
//		}
//		return mail, nil
//	}
var Nothing = errors.New("troupe: nothing to send")

// FatalError is an error that trying again does not help against. See [Fatal].
type FatalError struct{ Err error }

// Fatal says that trying again is of no use: the envelope goes to x-sump at once, with this error. It holds wherever in
// a chain of wrapped errors it stands.
func Fatal(err error) error {
	return &FatalError{Err: orUnknown(err)}
}

// Fatalf is [Fatal] of what [fmt.Errorf] gives.
func Fatalf(format string, arguments ...any) error {
	return &FatalError{Err: fmt.Errorf(format, arguments...)}
}

func (fatal *FatalError) Error() string { return fatal.Err.Error() }

// Unwrap gives what is wrong.
func (fatal *FatalError) Unwrap() error { return fatal.Err }

// RetryAfterError is an error that goes away after some time. See [RetryAfter].
type RetryAfterError struct {
	After time.Duration
	Err   error
}

// RetryAfter says: try again, but not before some time has passed. A negative time counts as none. It holds wherever in
// a chain of wrapped errors it stands.
func RetryAfter(after time.Duration, err error) error {
	return &RetryAfterError{After: max(after, 0), Err: orUnknown(err)}
}

func (retry *RetryAfterError) Error() string { return retry.Err.Error() }

// Unwrap gives what is wrong now.
func (retry *RetryAfterError) Unwrap() error { return retry.Err }

// Details gives the time to wait, as the host reads it.
func (retry *RetryAfterError) Details() any {
	return struct {
		Seconds float64 `json:"seconds"`
	}{retry.After.Seconds()}
}

// RefusedError says that the mesh refused a call: a path that may not be written, an actor that may not be added to a
// route, too much output. A handler may go on after it; returned, it fails the hop with its code as the error's type.
type RefusedError struct {
	// Code is stable, such as "troupe.AccessError".
	Code string
	// Message is a sentence for a person.
	Message string
}

func (refused *RefusedError) Error() string { return refused.Message }

// Kind gives the code.
func (refused *RefusedError) Kind() string { return refused.Code }

// WithDetails adds something to an error that travels with the failure: anything that JSON can say, up to 32 KiB of it.
// An error type of one's own can have a method Details() any instead.
func WithDetails(err error, details any) error {
	return &detailedError{error: orUnknown(err), details: details}
}

type detailedError struct {
	error
	details any
}

func (detailed *detailedError) Unwrap() error { return detailed.error }

// Details gives what was added.
func (detailed *detailedError) Details() any { return detailed.details }

// orUnknown keeps a missing error from turning into a success, or into a panic later.
func orUnknown(err error) error {
	if err == nil {
		return errors.New("an error that was nil")
	}
	return err
}
