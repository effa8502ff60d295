package troupe

// Instances are put back to where they began, rather than made anew for each envelope. That is only possible while they
// are all told the same before an envelope is there, and while their memory does not grow. The functions without a body
// are in a file that "troupe build" adds to package runtime.

import "unsafe"

//go:wasmimport wasi_snapshot_preview1 troupe_begin
func troupeBegin()

// The package crypto/rand comes to the same, by a longer way.
//
//go:wasmimport wasi_snapshot_preview1 random_get
func randomGet(to unsafe.Pointer, size uint32) uint32

// reseed gives the runtime's random numbers another seed.
//
//go:linkname reseed
func reseed(seed *[32]byte)

// makeRoom has the heap take memory before it is needed, without using it.
//
//go:linkname makeRoom
func makeRoom(bytes uintptr)

// How much more an envelope can take before the memory grows. All of it is cleared after each envelope, which costs
// some ten microseconds.
const room = 1 << 20

var begun bool

// begin is called when an envelope is there. The first seed of the runtime is a constant, and its clock stands still
// until then: see the adapter. An instance that is used for several envelopes is seeded once.
func begin() {
	if begun {
		return
	}
	begun = true
	troupeBegin()
	var seed [32]byte
	if randomGet(unsafe.Pointer(&seed), uint32(len(seed))) != 0 {
		panic("the host gives no random numbers")
	}
	reseed(&seed)
}
