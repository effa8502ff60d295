package troupe

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"
)

type ownError struct{ inner error }

func (*ownError) Error() string { return "own" }

func (err *ownError) Unwrap() error { return err.inner }

type kindError struct{}

func (kindError) Error() string { return "kind" }

func (kindError) Kind() string { return "openai.RateLimitError" }

func TestFailureOf(t *testing.T) {
	plain := errors.New("m")
	path := &fs.PathError{Op: "open", Path: "x", Err: fs.ErrNotExist}
	refused := &RefusedError{Code: "troupe.AccessError", Message: "m"}
	cases := map[string]struct {
		err     error
		kind    string
		lineage []string
		details string
	}{
		"a plain error":             {plain, "error", nil, ""},
		"one that is wrapped":       {fmt.Errorf("outer: %w", plain), "error", nil, ""},
		"of a type":                 {path, "fs.PathError", []string{"error"}, ""},
		"of a type, wrapped":        {fmt.Errorf("outer: %w", path), "fs.PathError", []string{"error"}, ""},
		"one's own":                 {&ownError{path}, "troupe.ownError", []string{"fs.PathError", "error"}, ""},
		"with a kind":               {kindError{}, "openai.RateLimitError", []string{"error"}, ""},
		"joined":                    {errors.Join(plain, path, kindError{}), "fs.PathError", []string{"openai.RateLimitError", "error"}, ""},
		"fatal":                     {Fatal(plain), "troupe.Fatal", []string{"error"}, ""},
		"fatal, deep within":        {&ownError{fmt.Errorf("x: %w", Fatalf("y %d", 1))}, "troupe.Fatal", []string{"troupe.ownError", "error"}, ""},
		"fatal of nothing":          {Fatal(nil), "troupe.Fatal", []string{"error"}, ""},
		"again later":               {RetryAfter(1500*time.Millisecond, path), "troupe.RetryAfter", []string{"fs.PathError", "error"}, `{"seconds":1.5}`},
		"again, a negative time":    {RetryAfter(-time.Second, plain), "troupe.RetryAfter", []string{"error"}, `{"seconds":0}`},
		"refused":                   {refused, "troupe.AccessError", []string{"error"}, ""},
		"refused, wrapped":          {fmt.Errorf("x: %w", refused), "troupe.AccessError", []string{"error"}, ""},
		"with details":              {WithDetails(path, []int{1}), "fs.PathError", []string{"error"}, "[1]"},
		"details that are no JSON":  {WithDetails(plain, func() {}), "error", nil, ""},
		"details that are too long": {WithDetails(plain, strings.Repeat("x", 40_000)), "error", nil, ""},
	}
	for name, this := range cases {
		t.Run(name, func(t *testing.T) {
			failure := FailureOf(this.err)
			if failure.Kind != this.kind || !slices.Equal(failure.Lineage, this.lineage) {
				t.Errorf("got %s %q, and not %s %q", failure.Kind, failure.Lineage, this.kind, this.lineage)
			}
			if failure.Details != this.details {
				t.Errorf("the details are %s, and not %s", failure.Details, this.details)
			}
			if failure.Message != this.err.Error() {
				t.Errorf("the message is %q", failure.Message)
			}
		})
	}
}

func TestTracebackTellsOfCauses(t *testing.T) {
	failure := FailureOf(&ownError{fmt.Errorf("read: %w", fs.ErrNotExist)})
	want := "troupe.ownError: own\nCaused by: error: read: file does not exist\nCaused by: error: file does not exist"
	if failure.Traceback != want {
		t.Errorf("got %q", failure.Traceback)
	}
}

func TestTextsOfFailuresAreUTF8(t *testing.T) {
	failure := FailureOf(errors.New("a\xffb"))
	if failure.Message != "a\uFFFDb" || !strings.Contains(failure.Traceback, "a\uFFFDb") {
		t.Errorf("got %+v", failure)
	}
}

func TestChainsThatGoRoundEnd(t *testing.T) {
	round := &ownError{}
	round.inner = round
	if failure := FailureOf(round); len(failure.Lineage) != maxChain {
		t.Errorf("the lineage is %q", failure.Lineage)
	}
}

func TestFatalUnwraps(t *testing.T) {
	for _, err := range []error{Fatal(fs.ErrNotExist), RetryAfter(time.Second, fs.ErrNotExist), WithDetails(fs.ErrNotExist, 1)} {
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%T hides what it wraps", err)
		}
	}
}
