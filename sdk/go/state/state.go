// Package state is what an actor keeps between envelopes: values under keys, in a bucket that is its own or shared. Whoever
// imports it needs spec.grants.state.
//
// Calls take effect at once, for everybody who uses the bucket, and are no part of the hop: what was written stays when the
// handler fails, and is written again when the envelope is handled again.
//
//	func visit(ctx *troupe.Context, page string) (int64, error) {
//		return state.Of(ctx).Add("visits/"+page, 1)
//	}
package state

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Calls are those of the contract (actor.wit, state). A refused one gives a troupe.RefusedError. A missing version, time
// to live or key is nil.
type Calls interface {
	Get(key string) (*Entry, error)
	Set(key string, value []byte, ttlMs *uint64) (version uint64, err error)
	Swap(key string, expected *uint64, value []byte, ttlMs *uint64) (version *uint64, err error)
	Delete(key string) (found bool, err error)
	Keys(prefix string, after *string, limit uint32) ([]string, error)
	Add(key string, delta int64) (sum int64, err error)
}

// Entry is a value, and which it is.
type Entry struct {
	Value []byte
	// Version is one that no other value of the key has, before or after.
	Version uint64
}

// Bucket is what an actor is granted. It can be used while an envelope is being handled.
type Bucket struct{ calls Calls }

type contextKey struct{}

// With gives a context that carries a bucket, for tests: see troupetest.Envelope.
func With(ctx context.Context, calls Calls) context.Context {
	return context.WithValue(ctx, contextKey{}, calls)
}

// Of gives the bucket of the actor that handles an envelope.
func Of(ctx context.Context) Bucket {
	if calls, ok := ctx.Value(contextKey{}).(Calls); ok {
		return Bucket{calls}
	}
	return Bucket{granted()}
}

// Get decodes the JSON text under a key, and reports whether there is any.
func (bucket Bucket) Get(key string, into any) (found bool, err error) {
	entry, err := bucket.calls.Get(key)
	if err != nil || entry == nil {
		return false, err
	}
	return true, entry.Decode(into)
}

// Entry gives the bytes under a key with their version, for Swap; nil where there is nothing.
func (bucket Bucket) Entry(key string) (*Entry, error) { return bucket.calls.Get(key) }

// Decode decodes a value that is a JSON text.
func (entry *Entry) Decode(into any) error {
	if err := json.Unmarshal(entry.Value, into); err != nil {
		return fmt.Errorf("what is kept: %w", err)
	}
	return nil
}

// Option says more about what is kept.
type Option struct{ ttlMs uint64 }

// For has a value be gone after some time, in whole milliseconds, rounded up.
func For(ttl time.Duration) Option {
	return Option{ttlMs: uint64((max(ttl, 0) + time.Millisecond - 1) / time.Millisecond)}
}

func ttlOf(options []Option) (ttlMs *uint64) {
	for _, option := range options {
		ttlMs = &option.ttlMs
	}
	return ttlMs
}

// Set puts a value under a key as a JSON text, whatever is there. Bytes, a []byte, are kept as they are.
func (bucket Bucket) Set(key string, value any, options ...Option) error {
	bytes, err := bytesOf(key, value)
	if err != nil {
		return err
	}
	_, err = bucket.calls.Set(key, bytes, ttlOf(options))
	return err
}

// Swap puts a value under a key if what is there is still the entry that was read; with nil, if nothing is there. It
// reports whether it did: else somebody else was first.
func (bucket Bucket) Swap(key string, old *Entry, value any, options ...Option) (swapped bool, err error) {
	bytes, err := bytesOf(key, value)
	if err != nil {
		return false, err
	}
	var expected *uint64
	if old != nil {
		expected = &old.Version
	}
	version, err := bucket.calls.Swap(key, expected, bytes, ttlOf(options))
	return version != nil, err
}

// Update makes another value of what is there, again and again until nobody was in between. It gets the zero value where
// there is nothing, may be called more than once, and ends everything by an error.
func Update[T any](
	bucket Bucket, key string, change func(value T) (T, error), options ...Option,
) (value T, err error) {
	for {
		old, err := bucket.Entry(key)
		if err != nil {
			return value, err
		}
		var was T
		if old != nil {
			if err := old.Decode(&was); err != nil {
				return value, err
			}
		}
		value, err = change(was)
		if err != nil {
			return value, err
		}
		swapped, err := bucket.Swap(key, old, value, options...)
		if err != nil || swapped {
			return value, err
		}
	}
}

// Delete removes what is under a key, and reports whether anything was.
func (bucket Bucket) Delete(key string) (found bool, err error) { return bucket.calls.Delete(key) }

// Keys gives keys that begin with a prefix, in the order of their bytes: the first 1000 after a key, or from the first one
// on where that is empty.
func (bucket Bucket) Keys(prefix, after string) ([]string, error) {
	var behind *string
	if after != "" {
		behind = &after
	}
	return bucket.calls.Keys(prefix, behind, 1000)
}

// Add adds to a counter, which begins at 0, and gives the sum.
func (bucket Bucket) Add(key string, delta int64) (sum int64, err error) {
	return bucket.calls.Add(key, delta)
}

func bytesOf(key string, value any) ([]byte, error) {
	if bytes, ok := value.([]byte); ok {
		return bytes, nil
	}
	bytes, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("the value for %s: %w", key, err)
	}
	return bytes, nil
}
