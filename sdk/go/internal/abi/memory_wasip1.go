// Package abi is the memory that an actor and its host share, by the canonical ABI of the component model. Pointers have 8
// bytes in Go and 4 in the ABI, so that layouts are written out as numbers of 32 bits.
package abi

import (
	"strings"
	"unsafe"
)

// Address is where something is in the linear memory.
type Address = uint32

// held keeps what only the host has the address of: what it was given room for, and what is returned to it.
var held = map[Address]any{}

// realloc gives the host room for what it answers.
//
//go:wasmexport cabi_realloc
func realloc(_ Address, oldSize, align, size uint32) Address {
	if oldSize != 0 {
		// Everything is of known size where it is written.
		panic("the host changed the size of what it answers")
	}
	if size == 0 {
		return align
	}
	bytes := make([]byte, size)
	at := Address(uintptr(unsafe.Pointer(&bytes[0])))
	held[at] = bytes
	return at
}

// Take gives the bytes that the host has put somewhere. They are not copied, as nobody else has them.
func Take(at Address, size uint32) []byte {
	if size == 0 {
		return nil
	}
	bytes := held[at].([]byte)
	delete(held, at)
	return bytes
}

// TakeText gives the text that the host has put somewhere.
func TakeText(at Address, size uint32) string {
	bytes := Take(at, size)
	return unsafe.String(unsafe.SliceData(bytes), len(bytes))
}

// Hold keeps something for the host until Release.
func Hold(at Address, object any) { held[at] = object }

// Release says that the host has read what was kept for it.
func Release(at Address) { delete(held, at) }

// Pointer gives a text as a call takes it, together with its Length.
func Pointer(text string) unsafe.Pointer { return unsafe.Pointer(unsafe.StringData(text)) }

// Length is that of a text, in bytes.
func Length(text string) uint32 { return uint32(len(text)) }

// AddressOf gives a text as it stands in a record, together with its Length.
func AddressOf(text string) Address { return Address(uintptr(Pointer(text))) }

// WellFormed gives a text that the host takes: what is not UTF-8 would end the instance.
func WellFormed(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }
