package state_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"troupe.dev/troupe"
	"troupe.dev/troupe/state"
	"troupe.dev/troupe/troupetest"
)

// during runs something while an envelope is being handled.
func during(t *testing.T, kept *troupetest.State, run func(bucket state.Bucket) error) {
	t.Helper()
	hop := troupetest.Run(t, func(ctx *troupe.Context, _ any) (any, error) {
		return nil, run(state.Of(ctx))
	}, troupetest.Envelope{State: kept})
	if hop.Failure != nil {
		t.Fatal(hop.Failure)
	}
}

func TestValuesStayFromHopToHop(t *testing.T) {
	kept := troupetest.NewState()
	add := func(items []string) ([]string, error) { return append(items, "tea"), nil }
	for range 2 {
		during(t, kept, func(bucket state.Bucket) error {
			_, err := state.Update(bucket, "cart", add)
			return err
		})
	}
	if kept.Text("cart") != `["tea","tea"]` {
		t.Errorf("it has %s", kept.Text("cart"))
	}
	during(t, kept, func(bucket state.Bucket) error {
		var items []string
		found, err := bucket.Get("cart", &items)
		none, noneErr := bucket.Get("none", &items)
		if !found || none || len(items) != 2 {
			t.Errorf("got %v %v %v", found, none, items)
		}
		return errors.Join(err, noneErr)
	})
}

func TestWhoeverComesSecondIsTold(t *testing.T) {
	during(t, nil, func(bucket state.Bucket) error {
		first, err := bucket.Swap("k", nil, 1)
		again, againErr := bucket.Swap("k", nil, 2)
		old, entryErr := bucket.Entry("k")
		setErr := bucket.Set("k", 3)
		late, lateErr := bucket.Swap("k", old, 4)
		if !first || again || late {
			t.Errorf("got %v %v %v", first, again, late)
		}
		return errors.Join(err, againErr, entryErr, setErr, lateErr)
	})
}

func TestUpdateIsRepeatedUntilNobodyWasInBetween(t *testing.T) {
	during(t, nil, func(bucket state.Bucket) error {
		calls := 0
		sum, err := state.Update(bucket, "n", func(n int) (int, error) {
			if calls++; calls == 1 {
				return n + 1, bucket.Set("n", 10)
			}
			return n + 1, nil
		})
		if sum != 11 || calls != 2 {
			t.Errorf("%d after %d calls", sum, calls)
		}
		return err
	})
}

func TestTimeToLive(t *testing.T) {
	kept := troupetest.NewState()
	during(t, kept, func(bucket state.Bucket) error {
		return errors.Join(bucket.Set("short", 1, state.For(1500*time.Microsecond)), bucket.Set("long", []byte("raw")))
	})
	kept.Elapse(time.Millisecond)
	before := kept.Text("short")
	kept.Elapse(time.Millisecond)
	if before != "1" || kept.Text("short") != "" || kept.Text("long") != "raw" {
		t.Errorf("got %q %q %q", before, kept.Text("short"), kept.Text("long"))
	}
}

func TestKeysAndCounters(t *testing.T) {
	during(t, nil, func(bucket state.Bucket) error {
		var errs []error
		for _, key := range []string{"b/2", "a", "b/1", "b/ü"} {
			_, err := bucket.Add(key, 2)
			errs = append(errs, err)
		}
		sum, err := bucket.Add("a", -5)
		keys, keysErr := bucket.Keys("b/", "")
		after, afterErr := bucket.Keys("b/", "b/1")
		gone, goneErr := bucket.Delete("a")
		nothing, nothingErr := bucket.Delete("a")
		if sum != -3 || !slices.Equal(keys, []string{"b/1", "b/2", "b/ü"}) || len(after) != 2 || !gone || nothing {
			t.Errorf("got %v %v %v %v %v", sum, keys, after, gone, nothing)
		}
		return errors.Join(append(errs, err, keysErr, afterErr, goneErr, nothingErr)...)
	})
}

func TestRefusals(t *testing.T) {
	cases := map[string]func(bucket state.Bucket) error{
		"troupe.BadStateRequest": func(bucket state.Bucket) error { return bucket.Set("", 1) },
		"troupe.StateTooLarge":   func(bucket state.Bucket) error { return bucket.Set("k", make([]byte, 1<<20+1)) },
		"troupe.NotACounter": func(bucket state.Bucket) error {
			_, err := bucket.Add("k", 1)
			return errors.Join(bucket.Set("k", "text"), err, func() error { _, err := bucket.Add("k", 1); return err }())
		},
		"troupe.CounterRange": func(bucket state.Bucket) error {
			_, err := bucket.Add("n", 1<<62)
			_, again := bucket.Add("n", 1<<62)
			return errors.Join(err, again)
		},
	}
	for code, run := range cases {
		t.Run(code, func(t *testing.T) {
			hop := troupetest.Run(t, func(ctx *troupe.Context, _ any) (any, error) {
				return nil, run(state.Of(ctx))
			}, troupetest.Envelope{})
			if hop.Failure == nil || hop.Failure.Kind != code {
				t.Errorf("got %+v", hop.Failure)
			}
		})
	}
}

func TestWithoutABucketItIsTold(t *testing.T) {
	defer func() {
		if said, ok := recover().(string); !ok || !strings.Contains(said, "troupetest.NewState()") {
			t.Errorf("it says %q", said)
		}
	}()
	state.Of(t.Context())
}
