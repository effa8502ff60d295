// Tells of secrets: see ../../go_test.ts.
package main

import (
	"os"

	"troupe.dev/troupe"
	"troupe.dev/troupe/config"
)

func main() { troupe.Handle(tell) }

func tell(ctx *troupe.Context, names []string) (any, error) {
	values := []any{len(os.Environ())}
	for _, name := range names {
		value, granted := config.Get(ctx, name)
		values = append(values, granted, len(value))
	}
	return values, nil
}
