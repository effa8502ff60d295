package state

// The binding to the interface state of actor.wit, by hand: see component_wasip1.go in the package troupe.

import (
	"encoding/binary"
	"unsafe"

	"troupe.dev/troupe"
	"troupe.dev/troupe/internal/abi"
)

//go:wasmimport troupe:actor/state@0.1.0 get
func stateGet(key unsafe.Pointer, keyLength uint32, answer unsafe.Pointer)

//go:wasmimport troupe:actor/state@0.1.0 set
func stateSet(
	key unsafe.Pointer, keyLength uint32, value unsafe.Pointer, valueLength uint32,
	hasTTL uint32, ttlMs uint64, answer unsafe.Pointer,
)

//go:wasmimport troupe:actor/state@0.1.0 swap
func stateSwap(
	key unsafe.Pointer, keyLength uint32, expects uint32, expected uint64,
	value unsafe.Pointer, valueLength uint32, hasTTL uint32, ttlMs uint64, answer unsafe.Pointer,
)

//go:wasmimport troupe:actor/state@0.1.0 delete
func stateDelete(key unsafe.Pointer, keyLength uint32, answer unsafe.Pointer)

//go:wasmimport troupe:actor/state@0.1.0 keys
func stateKeys(
	prefix unsafe.Pointer, prefixLength uint32, hasAfter uint32, after unsafe.Pointer, afterLength uint32,
	limit uint32, answer unsafe.Pointer,
)

//go:wasmimport troupe:actor/state@0.1.0 add
func stateAdd(key unsafe.Pointer, keyLength uint32, delta int64, answer unsafe.Pointer)

type componentState struct{}

func granted() Calls { return componentState{} }

// answer is what the host fills in, in numbers of 32 bits. The first says whether it is a refusal, which has four; what
// else there is begins at the second, or at the third where it has numbers of 64 bits.
type answer [8]uint32

// err gives the refusal that begins at a number.
func (answered *answer) err(at int) error {
	if byte(answered[0]) == 0 {
		return nil
	}
	return &troupe.RefusedError{
		Code:    abi.TakeText(answered[at], answered[at+1]),
		Message: abi.TakeText(answered[at+2], answered[at+3]),
	}
}

func (answered *answer) wide(at int) uint64 {
	return uint64(answered[at]) | uint64(answered[at+1])<<32
}

func (componentState) Get(key string) (*Entry, error) {
	// Of 64 bits, so that the host finds it where such numbers may be.
	var room [4]uint64
	answered := (*answer)(unsafe.Pointer(&room))
	key = abi.WellFormed(key)
	stateGet(abi.Pointer(key), abi.Length(key), unsafe.Pointer(answered))
	if err := answered.err(2); err != nil {
		return nil, err
	}
	if byte(answered[2]) == 0 {
		return nil, nil
	}
	return &Entry{Value: abi.Take(answered[4], answered[5]), Version: answered.wide(6)}, nil
}

func (componentState) Set(key string, value []byte, ttlMs *uint64) (uint64, error) {
	var room [4]uint64
	answered := (*answer)(unsafe.Pointer(&room))
	key = abi.WellFormed(key)
	hasTTL, ttl := option(ttlMs)
	stateSet(abi.Pointer(key), abi.Length(key), unsafe.Pointer(unsafe.SliceData(value)), uint32(len(value)),
		hasTTL, ttl, unsafe.Pointer(answered))
	return answered.wide(2), answered.err(2)
}

func (componentState) Swap(key string, expected *uint64, value []byte, ttlMs *uint64) (*uint64, error) {
	var room [4]uint64
	answered := (*answer)(unsafe.Pointer(&room))
	key = abi.WellFormed(key)
	expects, version := option(expected)
	hasTTL, ttl := option(ttlMs)
	stateSwap(abi.Pointer(key), abi.Length(key), expects, version,
		unsafe.Pointer(unsafe.SliceData(value)), uint32(len(value)), hasTTL, ttl, unsafe.Pointer(answered))
	if err := answered.err(2); err != nil {
		return nil, err
	}
	if byte(answered[2]) == 0 {
		return nil, nil
	}
	version = answered.wide(4)
	return &version, nil
}

func (componentState) Delete(key string) (bool, error) {
	var answered answer
	key = abi.WellFormed(key)
	stateDelete(abi.Pointer(key), abi.Length(key), unsafe.Pointer(&answered))
	return byte(answered[1]) == 1, answered.err(1)
}

func (componentState) Keys(prefix string, after *string, limit uint32) ([]string, error) {
	var answered answer
	prefix = abi.WellFormed(prefix)
	var hasAfter uint32
	behind := ""
	if after != nil {
		hasAfter, behind = 1, abi.WellFormed(*after)
	}
	stateKeys(abi.Pointer(prefix), abi.Length(prefix), hasAfter, abi.Pointer(behind), abi.Length(behind), limit,
		unsafe.Pointer(&answered))
	if err := answered.err(1); err != nil {
		return nil, err
	}
	count := answered[2]
	pairs := abi.Take(answered[1], 8*count)
	keys := make([]string, count)
	for at := range keys {
		pair := pairs[8*at:]
		keys[at] = abi.TakeText(binary.LittleEndian.Uint32(pair), binary.LittleEndian.Uint32(pair[4:]))
	}
	return keys, nil
}

func (componentState) Add(key string, delta int64) (int64, error) {
	var room [4]uint64
	answered := (*answer)(unsafe.Pointer(&room))
	key = abi.WellFormed(key)
	stateAdd(abi.Pointer(key), abi.Length(key), delta, unsafe.Pointer(answered))
	if err := answered.err(2); err != nil {
		return 0, err
	}
	return int64(answered.wide(2)), nil
}

// option gives a number that may be missing as a call takes it.
func option(value *uint64) (has uint32, number uint64) {
	if value == nil {
		return 0, 0
	}
	return 1, *value
}
