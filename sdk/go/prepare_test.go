package troupe

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

type coded struct{}

func (*coded) UnmarshalJSON([]byte) error { panic("it runs an author's code") }

func (coded) MarshalText() ([]byte, error) { panic("it runs an author's code") }

type tree struct {
	At       time.Time
	Raw      json.RawMessage
	Children []*tree
	Any      any
}

func TestIsPlain(t *testing.T) {
	cases := map[reflect.Type]bool{
		reflect.TypeFor[int]():                            true,
		reflect.TypeFor[any]():                            true,
		reflect.TypeFor[map[string]tree]():                true,
		reflect.TypeFor[tree]():                           true,
		reflect.TypeFor[coded]():                          false,
		reflect.TypeFor[map[coded]int]():                  false,
		reflect.TypeFor[[]struct{ Deep [2]*coded }]():     false,
		reflect.TypeFor[struct{ json.Marshaler }]():       false,
		reflect.TypeFor[map[string]map[string]*[]coded](): false,
	}
	for of, want := range cases {
		if isPlain(of, map[reflect.Type]bool{}) != want {
			t.Errorf("%v: got %v", of, !want)
		}
	}
}

func TestPrepareRunsNoAuthorsCode(t *testing.T) {
	prepare[coded, int]()
	prepare[int, []coded]()
	prepare[tree, map[string]tree]()
	prepare[any, any]()
	prepare[func(), chan int]()
}
