// What an actor in Go may do beside computing: see ../../go_test.ts.
package main

import (
	crand "crypto/rand"
	"encoding/hex"
	"fmt"
	"log"
	"log/slog"
	"math/rand/v2"
	"os"
	"time"

	"troupe.dev/troupe"
)

type task struct {
	Do   string `json:"do"`
	Path string `json:"path"`
	N    int    `json:"n"`
}

// hops is 1 in what is fresh.
var hops int

func main() { troupe.Handle(handle) }

func handle(ctx *troupe.Context, task task) (any, error) {
	hops++
	switch task.Do {
	case "random":
		return random(), nil
	case "environment":
		return os.Environ(), nil
	case "read":
		text, err := os.ReadFile(task.Path)
		return string(text), err
	case "list":
		return list(task.Path)
	case "write":
		return nil, os.WriteFile(task.Path, []byte("x"), 0o600)
	case "say":
		ctx.Log().Warn("hop", "n", 1)
		slog.Error("default", "n", 2)
		log.Print("log")
		fmt.Println("out")
		fmt.Fprintln(os.Stderr, "err")
	case "goroutines":
		return sum(task.N), nil
	case "allocate":
		return allocate(task.N), nil
	case "clock":
		start := time.Now()
		time.Sleep(time.Millisecond)
		return []any{start.Year() > 2020, time.Since(start) > 0}, nil
	case "panic elsewhere":
		go panic("elsewhere")
		time.Sleep(time.Second)
	case "deadlock":
		<-make(chan int)
	case "deep":
		return deep(0), nil
	case "memory":
		return allocate(1 << 40), nil
	case "exit":
		os.Exit(3)
	}
	return hops, nil
}

// random has one of everything that is to be another for each envelope.
func random() []string {
	bytes := make([]byte, 8)
	crand.Read(bytes)
	order := ""
	set := map[int]bool{}
	for n := range 64 {
		set[n] = true
	}
	for n := range set {
		order += fmt.Sprint(n, " ")
	}
	return []string{hex.EncodeToString(bytes), fmt.Sprint(rand.Uint64()), order}
}

func list(path string) ([]string, error) {
	entries, err := os.ReadDir(path)
	names := []string{}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names, err
}

// sum adds what as many goroutines send.
func sum(n int) (total int) {
	numbers := make(chan int)
	for i := range n {
		go func() { numbers <- i }()
	}
	for range n {
		total += <-numbers
	}
	return total
}

// node is a part of what was allocated.
type node struct {
	next *node
	room [1000]byte
}

var kept *node

// allocate takes so many times 1000 bytes.
func allocate(n int) int {
	kept = nil
	for range n {
		kept = &node{next: kept}
	}
	return n
}

func deep(n int) int { return deep(n+1) + 1 }
