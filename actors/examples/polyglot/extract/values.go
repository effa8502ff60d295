package main

import (
	"regexp"
	"strings"
	"time"
)

var (
	// In English or German: "EUR 1,299.00", "49,90 €".
	amount = regexp.MustCompile(
		`(?:(EUR|USD|GBP)\s?|([€$£])\s?)(\d+(?:[.,]\d{3})*(?:[.,]\d{2})?)\b` +
			`|\b(\d+(?:[.,]\d{3})*(?:[.,]\d{2})?)\s?(?:(EUR|USD|GBP|Euro)\b|([€$£]))`)
	decimals = regexp.MustCompile(`[.,](\d{2})$`)
	date     = regexp.MustCompile(
		`\b(?:\d{4}-\d{2}-\d{2}|\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2} [A-Z][a-z]+ \d{4}|[A-Z][a-z]+ \d{1,2}, \d{4})\b`)
	separators = strings.NewReplacer(".", "", ",", "")
	currencies = map[string]string{"€": "EUR", "Euro": "EUR", "$": "USD", "£": "GBP"}
	// As Go writes them: a reference date in each form.
	dateForms = []string{time.DateOnly, "2.1.2006", "2 January 2006", "2 Jan 2006", "January 2, 2006"}
)

// firstAmount gives the first amount of money in a text, with a point before the cents and the currency's code behind.
func firstAmount(text string) *string {
	parts := amount.FindStringSubmatch(text)
	if parts == nil {
		return nil
	}
	number := parts[3] + parts[4]
	currency := parts[1] + parts[2] + parts[5] + parts[6]
	if code, ok := currencies[currency]; ok {
		currency = code
	}
	cents := "00"
	if found := decimals.FindStringSubmatch(number); found != nil {
		cents = found[1]
		number = strings.TrimSuffix(number, found[0])
	}
	value := separators.Replace(number) + "." + cents + " " + currency
	return &value
}

// firstDate gives the first date in a text that is in the calendar, as year, month and day.
func firstDate(text string) *string {
	for _, found := range date.FindAllString(text, -1) {
		for _, form := range dateForms {
			if day, err := time.Parse(form, found); err == nil {
				value := day.Format(time.DateOnly)
				return &value
			}
		}
	}
	return nil
}
