package troupe

// Instances are put back to where they began, rather than made anew for each envelope. So nothing may be random in them
// before an envelope is there: the first seed of Go's runtime is a constant (the adapter's random_get). When an envelope
// is there, the runtime gets another one, so that maps and math/rand are as random as ever.

import (
	"crypto/rand"
	_ "unsafe" // for go:linkname
)

//go:wasmimport wasi_snapshot_preview1 troupe_begin
func troupeBegin()

// reseed is in a file that "troupe build" adds to package runtime.
//
//go:linkname reseed
func reseed(seed *[32]byte)

var begun bool

// begin is called when an envelope is there. An instance that is used for several is seeded once.
func begin() {
	if begun {
		return
	}
	begun = true
	troupeBegin()
	var seed [32]byte
	rand.Read(seed[:])
	reseed(&seed)
}
