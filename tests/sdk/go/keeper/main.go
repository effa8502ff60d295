// Keeps what it is told to: see ../../go_test.ts.
package main

import (
	"time"

	"troupe.dev/troupe"
	"troupe.dev/troupe/state"
)

func main() { troupe.Handle(keep) }

func keep(ctx *troupe.Context, key string) (any, error) {
	bucket := state.Of(ctx)
	items, err := state.Update(bucket, key, func(items []string) ([]string, error) {
		return append(items, "tea"), nil
	})
	if err != nil {
		return nil, err
	}
	sum, err := bucket.Add("counter", -1<<40)
	if err != nil {
		return nil, err
	}
	if err := bucket.Set("raw", []byte{0, 255}, state.For(time.Hour)); err != nil {
		return nil, err
	}
	raw, err := bucket.Entry("raw")
	if err != nil {
		return nil, err
	}
	first, err := bucket.Swap("raw", nil, 1)
	if err != nil {
		return nil, err
	}
	second, err := bucket.Swap("raw", raw, 1)
	if err != nil {
		return nil, err
	}
	keys, err := bucket.Keys("", "counter")
	if err != nil {
		return nil, err
	}
	gone, err := bucket.Delete("raw")
	if err != nil {
		return nil, err
	}
	nothing, err := bucket.Entry("raw")
	troupe.Sleep(time.Millisecond)
	return []any{items, sum, len(raw.Value), first, second, keys, gone, nothing == nil}, err
}
