package config

import (
	"unsafe"

	"troupe.dev/troupe/internal/abi"
)

//go:wasmimport wasi:config/store@0.2.0-rc.1 get
func storeGet(name unsafe.Pointer, nameLength uint32, answer unsafe.Pointer)

// get asks the host. What is answered, in numbers of 32 bits: 1 for an error, 1 where there is a value, its text.
func get(name string) (string, bool) {
	var answered [4]uint32
	name = abi.WellFormed(name)
	storeGet(abi.Pointer(name), abi.Length(name), unsafe.Pointer(&answered))
	if byte(answered[0]) != 0 {
		panic("the host cannot tell what is granted: " + abi.TakeText(answered[2], answered[3]))
	}
	if byte(answered[1]) == 0 {
		return "", false
	}
	return abi.TakeText(answered[2], answered[3]), true
}
