// Finds the orders that a mail is about, and sends one envelope for each of them.
package main

import (
	"encoding/json"
	"fmt"

	"troupe.dev/troupe"
)

func main() { troupe.Handle(extract) }

// mail is whatever the actors before this one made of it; only its texts are looked at here.
type mail map[string]json.RawMessage

// extract emits the mail once for each of its orders, with that order; a mail without any goes on as it is.
func extract(ctx *troupe.Context, in mail) (mail, error) {
	text, err := textOf(in)
	if err != nil {
		return nil, err
	}
	orders := ordersIn(text)
	if len(orders) == 0 {
		ctx.Log().Warn("no order was found")
		return in, nil
	}
	for _, order := range orders {
		encoded, err := json.Marshal(order)
		if err != nil {
			return nil, err
		}
		in["order"] = encoded
		if err := ctx.Emit(in); err != nil {
			return nil, err
		}
	}
	return nil, troupe.Nothing
}

func textOf(in mail) (string, error) {
	var subject, body string
	if err := json.Unmarshal(orEmpty(in["subject"]), &subject); err != nil {
		return "", fmt.Errorf("the subject: %w", err)
	}
	if err := json.Unmarshal(orEmpty(in["body"]), &body); err != nil {
		return "", fmt.Errorf("the body: %w", err)
	}
	return subject + "\n" + body, nil
}

func orEmpty(text json.RawMessage) json.RawMessage {
	if text == nil {
		return json.RawMessage(`""`)
	}
	return text
}
