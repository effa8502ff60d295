package troupetest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"troupe.dev/troupe"
	"troupe.dev/troupe/troupetest"
)

func TestWhatIsReturnedIsEmitted(t *testing.T) {
	add := func(_ *troupe.Context, n int) (int, error) { return n + 1, nil }
	hop := troupetest.Run(t, add, troupetest.Envelope{
		Payload: 1, Actor: "add", Prev: []string{"p"}, Next: []string{"n"}, Headers: map[string]any{"h": []int{1}},
	})
	if len(hop.Emits) != 1 {
		t.Fatalf("%d emits, failure %v", len(hop.Emits), hop.Failure)
	}
	emit := hop.Emits[0]
	got := fmt.Sprint(string(emit.Payload), emit.Prev, emit.Actor, emit.Next, emit.Headers)
	if got != "2[p]add[n] map[h:[1]]" {
		t.Error(got)
	}
}

func TestPayloadsAreTextsWhereAsked(t *testing.T) {
	same := func(_ *troupe.Context, in json.RawMessage) (json.RawMessage, error) { return in, nil }
	for _, text := range []string{`[9007199254740993,-0,1.0,1e400]`, `"\ud83c<&>"`, `null`} {
		hop := troupetest.Run(t, same, troupetest.Envelope{Payload: json.RawMessage(text)})
		if len(hop.Emits) != 1 || string(hop.Emits[0].Payload) != text {
			t.Errorf("%s became %+v", text, hop)
		}
	}
}

func TestNothingIsSent(t *testing.T) {
	for _, err := range []error{troupe.Nothing, fmt.Errorf("done: %w", troupe.Nothing)} {
		hop := troupetest.Run(t, func(*troupe.Context, any) (int, error) { return 7, err }, troupetest.Envelope{})
		if hop.Failure != nil || len(hop.Emits) > 0 {
			t.Errorf("got %+v", hop)
		}
	}
}

func TestCallsAreWrittenDown(t *testing.T) {
	hop := troupetest.Run(t, func(ctx *troupe.Context, words []string) (any, error) {
		ctx.Log().Info("words", "n", len(words))
		err := errors.Join(ctx.Set(".headers.n", len(words)), ctx.Fly("half"), ctx.Emit(words[0]), ctx.Del(".headers.n"))
		var n int
		found, getErr := ctx.Get(".headers.n", &n)
		return found, errors.Join(err, getErr)
	}, troupetest.Envelope{Payload: []string{"a", "b"}})
	if hop.Failure != nil {
		t.Fatal(hop.Failure)
	}
	got := fmt.Sprintf("%s %v %s %v", hop.Flies, hop.Logs, hop.Edits, troupetest.Payloads[any](t, hop))
	if got != `["half"] [{info words n=2}] [{set .headers.n 2} {del .headers.n }] [a false]` {
		t.Error(got)
	}
	if hop.Emits[0].Headers["n"] != 2.0 || len(hop.Emits[1].Headers) != 0 {
		t.Errorf("headers %v", hop.Emits)
	}
}

type spellError struct{ word string }

func (err spellError) Error() string { return "no such word: " + err.word }

func (err spellError) Details() any { return map[string]string{"word": err.word} }

func TestFailuresTakeEverythingBack(t *testing.T) {
	cases := map[string]struct {
		handler func(*troupe.Context, any) (any, error)
		kind    string
		says    string
	}{
		"an error": {func(*troupe.Context, any) (any, error) {
			return nil, spellError{"colour"}
		}, "troupetest_test.spellError", "no such word: colour"},
		"a panic": {func(*troupe.Context, any) (any, error) {
			panic("at the disco")
		}, "panic", "at the disco"},
		"a bug": {func(_ *troupe.Context, in any) (any, error) {
			return in.(map[string]any)["x"], nil
		}, "panic", "interface conversion"},
		"a result that is no JSON": {func(*troupe.Context, any) (any, error) {
			return func() {}, nil
		}, "json.UnsupportedTypeError", "the returned payload"},
		"bytes that are no text": {func(*troupe.Context, any) (any, error) {
			return json.RawMessage("\"\xff\""), nil
		}, "error", "not UTF-8"},
		"a value that is no JSON": {func(ctx *troupe.Context, _ any) (any, error) {
			return nil, ctx.Set(".headers.x", func() {})
		}, "json.UnsupportedTypeError", "the value for .headers.x"},
		"a refusal": {func(ctx *troupe.Context, _ any) (any, error) {
			return nil, ctx.Set(".status", 1)
		}, "troupe.AccessError", "cannot be written"},
		"too many emits": {func(ctx *troupe.Context, _ any) (any, error) {
			return nil, errors.Join(ctx.Emit(1), ctx.Emit(2), ctx.Emit(3))
		}, "troupe.OutputLimit", "limits.emits"},
		"one more that is returned": {func(ctx *troupe.Context, _ any) (any, error) {
			return 3, errors.Join(ctx.Emit(1), ctx.Emit(2))
		}, "troupe.OutputLimit", "limits.emits"},
	}
	for name, this := range cases {
		t.Run(name, func(t *testing.T) {
			hop := troupetest.Run(t, func(ctx *troupe.Context, in any) (any, error) {
				if name != "too many emits" && name != "one more that is returned" {
					if err := ctx.Emit("early"); err != nil {
						return nil, err
					}
				}
				return this.handler(ctx, in)
			}, troupetest.Envelope{MaxEmits: 2})
			if hop.Failure == nil {
				t.Fatal("it did not fail")
			}
			if hop.Failure.Kind != this.kind || !strings.Contains(hop.Failure.Message, this.says) {
				t.Errorf("got %+v", hop.Failure)
			}
			if len(hop.Emits) > 0 {
				t.Errorf("it emitted %v", hop.Emits)
			}
		})
	}
}

func TestPanicsTellWhere(t *testing.T) {
	hop := troupetest.Run(t, func(*troupe.Context, any) (any, error) {
		return slices.Repeat([]int{1}, -1), nil
	}, troupetest.Envelope{})
	if hop.Failure == nil || !strings.Contains(hop.Failure.Traceback, "run_test.go") {
		t.Fatalf("got %+v", hop.Failure)
	}
	if strings.Contains(hop.Failure.Traceback, "testing.tRunner") {
		t.Errorf("it tells of what is beneath the handler: %s", hop.Failure.Traceback)
	}
}

func TestWhatDoesNotFitIsTold(t *testing.T) {
	hop := troupetest.Run(t, func(_ *troupe.Context, n int) (int, error) { return n, nil },
		troupetest.Envelope{Payload: "one"})
	if hop.Failure == nil || hop.Failure.Kind != "json.UnmarshalTypeError" ||
		!strings.HasPrefix(hop.Failure.Message, "the payload: ") {
		t.Errorf("got %+v", hop.Failure)
	}
}
