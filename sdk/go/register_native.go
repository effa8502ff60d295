//go:build !wasip1

package troupe

import (
	"fmt"
	"os"
)

// register tells that this is no program of its own.
func register(component) {
	fmt.Fprintln(os.Stderr, "This is an actor: it runs in a mesh. Build and run it with \"troupe up\", test it with \"go test\".")
	os.Exit(2)
}
