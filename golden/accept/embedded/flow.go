// Package embedded reads files that are part of the program: they are the same wherever it runs.
package embedded

import (
	"context"
	"embed"
	"io/fs"
	"strings"
)

//go:generate go tool pawl generate

//go:embed texts
var texts embed.FS

//go:embed texts/greeting.txt
var greeting string

// Send sends a letter.
//
//pawl:activity
func Send(ctx context.Context, letter string) (int, error) { return len(letter), nil }

// Write writes a letter of every text, in the order of their names.
//
//pawl:workflow
func Write(ctx context.Context, name string) (letters []string, length int, err error) {
	entries, err := texts.ReadDir("texts")
	if err != nil {
		return nil, 0, err
	}
	for _, entry := range entries {
		text, err := fs.ReadFile(texts, "texts/"+entry.Name())
		if err != nil {
			return nil, 0, err
		}
		letter := strings.TrimSpace(greeting) + ", " + name + ": " + strings.TrimSpace(string(text))
		n, err := Send(ctx, letter)
		if err != nil {
			return nil, 0, err
		}
		letters, length = append(letters, letter), length+n
	}
	return letters, length, nil
}
