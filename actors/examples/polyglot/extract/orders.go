package main

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Order is what a mail says of one order.
type Order struct {
	// Number is such as ORD-10234.
	Number string `json:"number"`
	// Amount is such as "49.90 EUR"; nil where none is named.
	Amount *string `json:"amount,omitempty"`
	// Date is such as 2026-11-03; nil where none is named.
	Date *string `json:"date,omitempty"`
}

// In English or German: "ORD-10234", "order #10234", "Bestellung Nr. 10234".
var orderNumber = regexp.MustCompile(
	`(?i)\b(?:ORD-|order\s+(?:no\.?\s*|number\s+)?#?|bestell(?:ung|nummer)\s+(?:nr\.?\s*)?#?)(\d{5})\b`)

// ordersIn finds the orders of a text, in the order in which they are first named. What is said of them is looked for in
// all of them at once.
func ordersIn(text string) []Order {
	words := wordsByOrder(text)
	orders := make([]Order, len(words))
	var searches sync.WaitGroup
	for at, about := range words {
		orders[at].Number = about.number
		searches.Add(2)
		go func() {
			defer searches.Done()
			orders[at].Amount = firstAmount(about.text)
		}()
		go func() {
			defer searches.Done()
			orders[at].Date = firstDate(about.text)
		}()
	}
	searches.Wait()
	return orders
}

// about is what a text says of one order.
type about struct{ number, text string }

// wordsByOrder divides a text between its orders: what follows a number is about that order, until another one is named.
// A text with a single order is all about it.
func wordsByOrder(text string) []about {
	var found []about
	mentions := orderNumber.FindAllStringSubmatchIndex(text, -1)
	for at, mention := range mentions {
		number := "ORD-" + text[mention[2]:mention[3]]
		end := len(text)
		if at+1 < len(mentions) {
			end = mentions[at+1][0]
		}
		words := text[mention[1]:end]
		known := slices.IndexFunc(found, func(other about) bool { return other.number == number })
		if known < 0 {
			found = append(found, about{number, words})
		} else {
			found[known].text = strings.Join([]string{found[known].text, words}, "\n")
		}
	}
	if len(found) == 1 {
		found[0].text = text
	}
	return found
}
